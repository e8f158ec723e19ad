using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Weights under the names of each layout.</summary>
internal static class LayoutTensors
{
    public static List<TestTensor> Formula(MobileViTArchitecture architecture, CheckpointLayout layout) =>
        [.. TestTensor.Formula(architecture).Zip(architecture.Tensors(), (tensor, spec) => Rename(tensor, spec.Names.In(layout))).SelectMany(static named => named)];

    /// <summary>Zeros of the right shapes, for tests that are not about values.</summary>
    public static IEnumerable<TestTensor> Zeros(MobileViTArchitecture architecture, CheckpointLayout layout) => architecture.Tensors()
        .Where(spec => spec.Kind != TensorKind.Counter)
        .SelectMany(spec => Rename(
            new TestTensor(
                spec.Name,
                TensorDataType.Float16,
                [.. spec.Shape.Select(side => (long)side)],
                new byte[TensorDataType.Float16.ByteSize() * spec.ElementCount]),
            spec.Names.In(layout)));

    /// <summary>Reads the weights of a checkpoint of these tensors.</summary>
    public static ModelWeights Read(IEnumerable<TestTensor> tensors, MobileViTArchitecture? architecture = null)
    {
        using var folder = new TemporaryFolder();
        return ModelWeights.Read(Open(folder, tensors), architecture);
    }

    /// <summary>Asserts that a checkpoint of these tensors is refused with one sentence that names the file and all of the words.</summary>
    public static void AssertRefused(
        IEnumerable<TestTensor> tensors, MobileViTArchitecture? architecture, params string[] words)
    {
        using var folder = new TemporaryFolder();
        var checkpoint = Open(folder, tensors);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => ModelWeights.Read(checkpoint, architecture));
        RefusedFile.AssertSentence(exception, checkpoint.FilePath);
        foreach (string word in words)
        {
            StringAssert.Contains(exception.Message, word);
        }
    }

    public static Checkpoint Open(TemporaryFolder folder, IEnumerable<TestTensor> tensors)
    {
        string path = folder.PathOf("weights.bin");
        File.WriteAllBytes(path, CheckpointWriter.Write(CheckpointContainer.PyTorchZip, tensors));
        return Checkpoint.Open(path);
    }

    private static IEnumerable<TestTensor> Rename(TestTensor tensor, string[] names)
    {
        long[] shape = names.Length == 1 ? tensor.Shape : [tensor.Shape[0] / names.Length, .. tensor.Shape[1..]];
        return names.Zip(
            tensor.Storage.Chunk(tensor.Storage.Length / names.Length),
            (name, storage) => tensor with { Name = name, Shape = shape, Storage = storage });
    }
}
