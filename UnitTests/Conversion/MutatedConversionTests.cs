using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>A damaged checkpoint is converted whole or leaves no trace.</summary>
[TestClass]
internal sealed class MutatedConversionTests
{
    [TestMethod]
    [DataRow(CheckpointContainer.PyTorchLegacy, false)]
    [DataRow(CheckpointContainer.Safetensors, false)]
    [DataRow(CheckpointContainer.PyTorchZip, true)]
    [DataRow(CheckpointContainer.Safetensors, true)]
    public void Nothing_is_left_of_a_conversion_that_fails(CheckpointContainer container, bool isV2)
    {
        byte[] file = CheckpointWriter.Write(container, TestTensor.Formula(isV2 ? TestModels.TinyV2 : TestModels.Tiny));
        using var folder = new TemporaryFolder();
        string checkpoint = folder.PathOf("given.bin");
        string output = Path.Combine(Directory.CreateDirectory(folder.PathOf("output")).FullName, "model.onnx");
        int converted = 0, refused = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            File.WriteAllBytes(checkpoint, Mutation.Of(file, seed));
            try
            {
                MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Height = 64, Width = 64 });
                converted++;
                Assert.AreEqual(output, Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(output)!).Single());
                File.Delete(output);
            }
            catch (InvalidDataException exception)
            {
                refused++;
                RefusedFile.AssertSentence(exception, checkpoint);
                Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(output)!), $"seed {seed}");
            }
        }

        Assert.IsGreaterThan(0, converted);
        Assert.IsGreaterThan(0, refused);
        Assert.HasCount(2, Directory.GetFileSystemEntries(folder.Root));
    }
}
