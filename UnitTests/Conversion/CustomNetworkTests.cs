using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Networks that somebody trained with widths, depths, transformer dimensions and heads of their own, from the checkpoint's
/// bytes to the converted model's logits.
/// </summary>
[TestClass]
public sealed class CustomNetworkTests
{
    // Expanded widths such as 12·3 = 36 have to be made divisible by 8; nothing is like in a published model.
    private static readonly MobileViTArchitecture SixHeads = new()
    {
        StemChannels = 12,
        ExpandRatio = 3,
        Stages =
        [
            new(Channels: 12, Stride: 1, InvertedResiduals: 2),
            new(Channels: 20, Stride: 2, InvertedResiduals: 1),
            new(Channels: 24, Stride: 2, InvertedResiduals: 2, new(Dimension: 18, Layers: 3, FeedForward: 30)),
            new(Channels: 28, Stride: 2, InvertedResiduals: 1, new(Dimension: 24, Layers: 1, FeedForward: 40)),
            new(Channels: 36, Stride: 2, InvertedResiduals: 3, new(Dimension: 30, Layers: 2, FeedForward: 90)),
        ],
        FeatureChannels = 44,
        Heads = 6,
        Classes = 3,
    };

    // Sixteen patches meet sixteen channels in layer_3, where CVNets' layer norm does something else than the others'.
    private static readonly MobileViTArchitecture OneHead = new()
    {
        StemChannels = 9,
        ExpandRatio = 5,
        Stages =
        [
            new(Channels: 8, Stride: 1, InvertedResiduals: 1),
            new(Channels: 10, Stride: 2, InvertedResiduals: 4),
            new(Channels: 11, Stride: 2, InvertedResiduals: 1, new(Dimension: 16, Layers: 1, FeedForward: 16)),
            new(Channels: 12, Stride: 2, InvertedResiduals: 2, new(Dimension: 7, Layers: 5, FeedForward: 21)),
            new(Channels: 13, Stride: 2, InvertedResiduals: 1, new(Dimension: 5, Layers: 1, FeedForward: 8)),
        ],
        FeatureChannels = 21,
        Heads = 1,
        Classes = 2,
    };

    [TestMethod]
    [DataRow(CheckpointLayout.Cvnets, CheckpointContainer.PyTorchZip)]
    [DataRow(CheckpointLayout.Timm, CheckpointContainer.Safetensors)]
    [DataRow(CheckpointLayout.HuggingFace, CheckpointContainer.PyTorchLegacy)]
    public void A_custom_network_is_recognised_and_computes_the_paper(CheckpointLayout layout, CheckpointContainer container)
    {
        const int Side = 64;
        using var folder = new TemporaryFolder();
        float[] pixels = FormulaWeights.Input(Side, Side);
        foreach (MobileViTArchitecture network in new[] { SixHeads, OneHead })
        {
            string checkpoint = folder.PathOf("own.bin");
            File.WriteAllBytes(checkpoint, CheckpointWriter.Write(container, LayoutTensors.Formula(network, layout)));
            double[] expected = new PlainNetwork(
                network, FormulaWeights.For(network), cvnetsLayerNorm: layout == CheckpointLayout.Cvnets).Logits(pixels, Side, Side);
            foreach (bool portable in new[] { false, true })
            {
                ConversionReport report = MobileViTConverter.Convert(
                    checkpoint,
                    folder.PathOf("own.onnx"),
                    new ConversionOptions { Heads = network.Heads, Height = Side, Width = Side, Portable = portable });
                Assert.AreEqual(MobileViTVariants.Custom, report.Metadata.Variant);
                Assert.AreEqual(network, MobileViTArchitecture.FromJson(report.Metadata.Architecture));

                using var model = new OnnxRun(File.ReadAllBytes(report.OutputPath));
                float[] logits = model.Run(pixels, Side, Side)[ModelOutputs.Logits];
                Assert.IsLessThanOrEqualTo(
                    5e-6, Numbers.MaxDifference([.. expected.Select(static value => (float)value)], logits), $"{layout}, {portable}");
            }
        }
    }

    [TestMethod]
    public void The_number_of_heads_matters()
    {
        float[] pixels = FormulaWeights.Input(64, 64);
        Dictionary<string, float[]> weights = FormulaWeights.For(SixHeads);
        double[] six = new PlainNetwork(SixHeads, weights).Logits(pixels, 64, 64);
        double[] two = new PlainNetwork(SixHeads with { Heads = 2 }, weights).Logits(pixels, 64, 64);
        Assert.IsGreaterThan(1e-4, six.Zip(two, static (a, b) => Math.Abs(a - b)).Max());
    }
}
