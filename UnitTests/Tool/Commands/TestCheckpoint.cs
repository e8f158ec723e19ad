using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Checkpoints with formula weights for the tests of the command line.</summary>
internal static class TestCheckpoint
{
    private static readonly Lazy<byte[]> LazyTiny = new(static () => Zip(TestModels.Tiny));
    private static readonly Lazy<byte[]> LazyXxs = new(static () => Zip(MobileViTVariants.Get("xxs")));

    /// <summary><see cref="TestModels.Tiny"/>, five classes.</summary>
    public static byte[] Tiny => LazyTiny.Value;

    /// <summary>MobileViT-XXS, a thousand classes.</summary>
    public static byte[] Xxs => LazyXxs.Value;

    public static byte[] Zip(MobileViTArchitecture architecture) =>
        CheckpointWriter.Write(CheckpointContainer.PyTorchZip, TestTensor.Formula(architecture));

    public static string Write(TemporaryFolder folder, byte[] content, string name = "model.pt")
    {
        string path = folder.PathOf(name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
