using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>A folder with weights of a tiny network in a layout, and whatever JSON a test puts beside them.</summary>
internal sealed class ConfigFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConfigFolder(CheckpointLayout layout, string weights = "model.safetensors", MobileViTArchitecture? architecture = null)
    {
        Directory.CreateDirectory(Root);
        var container = weights.EndsWith(".safetensors", StringComparison.Ordinal)
            ? CheckpointContainer.Safetensors
            : CheckpointContainer.PyTorchZip;
        Weights = Path.Combine(Root, weights);
        File.WriteAllBytes(Weights, CheckpointWriter.Write(container, LayoutTensors.Formula(architecture ?? TestModels.Tiny, layout)));
    }

    public string Root => _folder.PathOf("model");

    public string Weights { get; }

    public string Output => _folder.PathOf("model.onnx");

    public ConfigFolder With(string name, string json)
    {
        File.WriteAllText(Path.Combine(Root, name), json);
        return this;
    }

    /// <summary>Converts the folder, or another path of it.</summary>
    public ConversionReport Convert(ConversionOptions? options = null, string? path = null) =>
        MobileViTConverter.Convert(path ?? Root, Output, options);

    /// <summary>Converts the file of weights alone.</summary>
    public ConversionReport ConvertFile(ConversionOptions? options = null) => Convert(options, Weights);

    /// <summary>
    /// The notes about the files beside the weights: all before the one about the network, which is a custom one. Behind it may stand
    /// what is assumed of its preprocessing.
    /// </summary>
    public static string[] NotesOf(ConversionReport report)
    {
        string[] notes = [.. report.Notes.TakeWhile(static note => !note.StartsWith("Strides", StringComparison.Ordinal))];
        Assert.IsLessThan(report.Notes.Count, notes.Length);
        Assert.IsTrue(report.Notes.Skip(notes.Length + 1).All(IsAssumption), string.Join('\n', report.Notes));
        return notes;
    }

    /// <summary>Whether a note is about preprocessing that was assumed.</summary>
    public static bool IsAssumption(string note) => note.StartsWith("Assumed", StringComparison.Ordinal);

    /// <summary>Asserts that the folder is refused in one sentence with all of the words, and no output left.</summary>
    public void AssertRefused(params string[] words)
    {
        File.Delete(Output);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Convert(), string.Join(", ", words));
        StringAssert.EndsWith(exception.Message, ".");
        foreach (string word in words)
        {
            StringAssert.Contains(exception.Message, word);
        }

        Assert.IsFalse(File.Exists(Output));
    }

    /// <summary>The metadata of the file that was written.</summary>
    public ModelMetadata Metadata => OnnxModelFile.Read(Output).Metadata;

    public void Dispose() => _folder.Dispose();
}
