using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>MobileViTv2's checkpoints against the golden numbers of the official implementation.</summary>
[TestClass]
[RequiresReference]
public sealed class ReferenceV2Tests
{
    private const double LogitTolerance = 5e-4;

    [TestMethod]
    [DataRow(224, 224, false)]
    [DataRow(256, 256, false)]
    [DataRow(256, 320, false)]
    [DataRow(384, 384, false)]
    [DataRow(224, 224, true)]
    [DataRow(256, 320, true)]
    public void Other_input_sizes_equal_the_goldens(int height, int width, bool dynamic)
    {
        using var folder = new TemporaryFolder();
        ConversionReport report = MobileViTConverter.Convert(
            V2("checkpoints", "mobilevitv2_0.5.pt"),
            folder.PathOf("model.onnx"),
            dynamic ? new ConversionOptions { DynamicSize = true } : new ConversionOptions { Height = height, Width = width });
        Assert.AreEqual("v2-0.5", report.Metadata.Variant);
        float[] expected = NpyFile.Read(V2("golden", $"mobilevitv2_0.5.formula_{height}x{width}.logits.npy")).Values;
        using var model = new OnnxRun(File.ReadAllBytes(report.OutputPath));
        float[] logits = model.Run(FormulaWeights.Input(height, width), height, width)[ModelOutputs.Logits];
        Assert.IsLessThanOrEqualTo(LogitTolerance, Numbers.MaxDifference(expected, logits));
        CollectionAssert.AreEqual(Numbers.Top(expected, 5), Numbers.Top(logits, 5));
    }

    [TestMethod]
    public void The_three_layouts_of_the_same_weights_give_the_same_logits()
    {
        using var folder = new TemporaryFolder();
        float[]? first = null;
        foreach (string name in new[] { "mobilevitv2_0.5.pt", "mobilevitv2_0.5.hf.safetensors", "mobilevitv2_0.5.timm.safetensors" })
        {
            ConversionReport report = MobileViTConverter.Convert(V2("checkpoints", name), folder.PathOf("model.onnx"));
            Assert.AreEqual(ImageChannelOrder.Rgb, report.Metadata.Preprocessing.ChannelOrder);
            using var model = new OnnxRun(File.ReadAllBytes(report.OutputPath));
            float[] logits = model.Run(FormulaWeights.Input(256, 256), 256, 256)[ModelOutputs.Logits];
            first ??= logits;
            Assert.IsLessThanOrEqualTo(1e-4, Numbers.MaxDifference(first, logits), name);
        }
    }

    [TestMethod]
    public void What_the_network_does_not_have_is_refused()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = V2("checkpoints", "mobilevitv2_0.75_10.pt"), output = folder.PathOf("model.onnx");
        ArgumentException heads = Assert.ThrowsExactly<ArgumentException>(
            () => MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Heads = 4 }));
        StringAssert.Contains(heads.Message, "--heads", StringComparison.Ordinal);
        ArgumentException outputs = Assert.ThrowsExactly<ArgumentException>(
            () => MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Outputs = ModelOutputs.Stages }));
        StringAssert.Contains(outputs.Message, "conv_1x1_exp", StringComparison.Ordinal);
        InvalidDataException variant = Assert.ThrowsExactly<InvalidDataException>(
            () => MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Variant = MobileViTVariants.S }));
        StringAssert.Contains(variant.Message, "nearest to MobileViTv2-0.75", StringComparison.Ordinal);
        Assert.IsFalse(File.Exists(output));
    }

    private static string V2(params string[] parts) => Reference.InRepository(["..", "shared", "reference-v2-heads", .. parts]);
}
