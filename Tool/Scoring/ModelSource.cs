using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Models by name.</summary>
internal static class ModelSource
{
    /// <summary>The name of the embedded demo model.</summary>
    public const string Demo = "demo";

    /// <summary>What <c>--model</c> takes, for help and messages.</summary>
    public const string Names = "demo, xxs, xs, s or an .onnx file";

    private static string DemoFolder => Path.Combine(AppContext.BaseDirectory, "Demo");

    /// <summary>The embedded model.</summary>
    public static string DemoFile => Path.Combine(DemoFolder, "mobilevit_xxs_shapes.onnx");

    /// <summary>The pictures that come with it.</summary>
    public static string DemoSamples => Path.Combine(DemoFolder, "samples");

    /// <summary>Loads a model by its name or file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a model that the converter wrote.</exception>
    public static async Task<MobileViTModel> LoadAsync(string name, Terminal terminal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OfficialWeights.Names.Contains(name))
        {
            return await MobileViTModel.LoadOfficialAsync(
                name, new MobileViTLoadOptions { Notify = terminal.Note }, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        if (name != Demo)
        {
            return MobileViTModel.Load(name);
        }

        MobileViTModel demo = MobileViTModel.Load(DemoFile);
        terminal.Note(
            $"this is the demo model: it knows {demo.Labels.Count} drawn shapes and nothing else. Real use starts from the "
            + "official weights: --model xxs, xs or s.");
        return demo;
    }

    /// <summary>A line about a model.</summary>
    public static string Describe(MobileViTModel model) => Invariant(
        $"MobileViT-{model.Metadata.Variant.ToUpperInvariant()} from {model.Metadata.SourceFile}: {model.Metadata.Parameters / 1e6:0.00} M parameters, {model.Metadata.Macs / 1e9:0.00} GMACs; {model.Preprocessing}");

    /// <summary>Checks that a model has classes.</summary>
    /// <exception cref="CommandException">It only has features.</exception>
    public static void RequireClasses(MobileViTModel model)
    {
        if (model.Outputs.All(output => output.Name != ModelOutputs.Probabilities))
        {
            throw new CommandException(
                $"The model has no output '{ModelOutputs.Probabilities}', which naming classes needs; it has "
                + $"{string.Join(", ", model.Outputs.Select(output => output.Name))}. Convert it with its default outputs.");
        }
    }
}
