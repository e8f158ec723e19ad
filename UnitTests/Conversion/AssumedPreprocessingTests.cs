using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>What no tensor shows of a network of one's own, and what a conversion says of it.</summary>
[TestClass]
internal sealed class AssumedPreprocessingTests
{
    [TestMethod]
    [DataRow(CheckpointLayout.Cvnets, null, null, null, "an input size of 256×256 pixels and the preset 'cvnets' (channels in the order BGR)", "--input-size (ConversionOptions.Height and Width) and --preset (ConversionOptions.Preset)")]
    [DataRow(CheckpointLayout.Timm, null, null, null, "an input size of 256×256 pixels and the preset 'timm' (channels in the order RGB)", "--input-size (ConversionOptions.Height and Width) and --preset (ConversionOptions.Preset)")]
    [DataRow(CheckpointLayout.HuggingFace, 64, 96, null, "the preset 'cvnets' (channels in the order BGR)", "--preset (ConversionOptions.Preset)")]
    [DataRow(CheckpointLayout.Cvnets, 64, null, "timm", "an input width of 256 pixels", "--input-size (ConversionOptions.Height and Width)")]
    [DataRow(CheckpointLayout.Cvnets, null, 64, "squash", "an input height of 256 pixels", "--input-size (ConversionOptions.Height and Width)")]
    public void A_note_says_what_was_assumed_and_how_to_give_it(
        CheckpointLayout layout, int? height, int? width, string? preset, string assumed, string remedy)
    {
        ConversionReport report = Convert(
            LayoutTensors.Formula(TestModels.Tiny, layout), new ConversionOptions { Height = height, Width = width, Preset = preset });
        string note = report.Notes.Single(ConfigFolder.IsAssumption);
        StringAssert.StartsWith(note, $"Assumed as in the published weights: {assumed}. ");
        StringAssert.EndsWith(note, $"give what it was trained with by {remedy}.");
    }

    [TestMethod]
    public void Nothing_is_assumed_of_what_was_given_or_of_published_weights()
    {
        var given = new ConversionOptions { Height = 64, Width = 64, Preset = "cvnets" };
        Assert.IsFalse(IsAssumed(Convert(TestTensor.Formula(TestModels.Tiny), given)));
        Assert.IsFalse(IsAssumed(Convert(TestTensor.Formula(MobileViTVariants.Get("xxs")), new ConversionOptions())));
        Assert.IsTrue(IsAssumed(Convert(TestTensor.Formula(MobileViTVariants.Get("xxs").WithClasses(10)), new ConversionOptions())));
        Assert.IsTrue(IsAssumed(Convert(TestTensor.Formula(MobileViTVariants.Get("xxs")), new ConversionOptions { Heads = 2 })));
    }

    /// <summary>Why the note is there: the network is right, the file is good, and its answers are wrong.</summary>
    [TestMethod]
    [RequiresReference]
    public void Another_size_than_that_of_the_training_gives_wrong_classes()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = Reference.PathOf("demo", "mobilevit_xxs_shapes.pt");
        string photo = Reference.PathOf("demo", "samples", "red_arrow.jpg");
        var options = new ConversionOptions { Labels = File.ReadAllLines(Reference.PathOf("demo", "labels.txt")) };
        ConversionReport assumed = MobileViTConverter.Convert(checkpoint, folder.PathOf("256.onnx"), options);
        ConversionReport told = MobileViTConverter.Convert(
            checkpoint, folder.PathOf("128.onnx"), options with { Height = 128, Width = 128 });

        Assert.AreEqual("red crescent", Label(assumed, photo));
        StringAssert.Contains(string.Join('\n', assumed.Notes), "an input size of 256×256 pixels");
        Assert.AreEqual("red arrow", Label(told, photo));
        Assert.DoesNotContain("an input size", string.Join('\n', told.Notes), StringComparison.Ordinal);
    }

    private static bool IsAssumed(ConversionReport report) => report.Notes.Any(ConfigFolder.IsAssumption);

    private static string Label(ConversionReport report, string photo)
    {
        using MobileViTModel model = MobileViTModel.Load(report.OutputPath);
        return model.Classify(photo)[0].Label;
    }

    private static ConversionReport Convert(IEnumerable<TestTensor> tensors, ConversionOptions options)
    {
        using var folder = new TemporaryFolder();
        string checkpoint = TestCheckpoint.Write(folder, CheckpointWriter.Write(CheckpointContainer.PyTorchZip, tensors));
        return MobileViTConverter.Convert(checkpoint, folder.PathOf("model.onnx"), options);
    }
}
