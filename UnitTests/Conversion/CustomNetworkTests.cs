using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Networks that somebody trained with widths, depths, transformer dimensions and heads of their own, from the checkpoint's
/// bytes to the converted model's logits.
/// </summary>
[TestClass]
internal sealed class CustomNetworkTests
{
    // Expanded widths such as 12·3 = 36 have to be made divisible by 8; nothing is like in a published model.
    private static readonly MobileViTArchitecture SixHeads = new()
    {
        Backbone = new Backbone(StemChannels: 12,
        [
            TestModels.Stage(12, stride: 1, blocks: 2, expandRatio: 3),
            TestModels.Stage(20, stride: 2, blocks: 1, expandRatio: 3),
            TestModels.Stage(24, stride: 2, blocks: 2, expandRatio: 3, new(Dimension: 18, Layers: 3, FeedForward: 30, Heads: 6)),
            TestModels.Stage(28, stride: 2, blocks: 1, expandRatio: 3, new(Dimension: 24, Layers: 1, FeedForward: 40, Heads: 6)),
            TestModels.Stage(36, stride: 2, blocks: 3, expandRatio: 3, new(Dimension: 30, Layers: 2, FeedForward: 90, Heads: 6)),
        ]),
        Head = new Classification(FeatureChannels: 44, Classes: 3),
    };

    // Sixteen patches meet sixteen channels in layer_3, where CVNets' layer norm does something else than the others'.
    private static readonly MobileViTArchitecture OneHead = new()
    {
        Backbone = new Backbone(StemChannels: 9,
        [
            TestModels.Stage(8, stride: 1, blocks: 1, expandRatio: 5),
            TestModels.Stage(10, stride: 2, blocks: 4, expandRatio: 5),
            TestModels.Stage(11, stride: 2, blocks: 1, expandRatio: 5, new(Dimension: 16, Layers: 1, FeedForward: 16, Heads: 1)),
            TestModels.Stage(12, stride: 2, blocks: 2, expandRatio: 5, new(Dimension: 7, Layers: 5, FeedForward: 21, Heads: 1)),
            TestModels.Stage(13, stride: 2, blocks: 1, expandRatio: 5, new(Dimension: 5, Layers: 1, FeedForward: 8, Heads: 1)),
        ]),
        Head = new Classification(FeatureChannels: 21, Classes: 2),
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
                    new ConversionOptions { Heads = network.Transformers.First().Heads, Height = Side, Width = Side, Portable = portable });
                Assert.AreEqual(MobileViTFamily.V1.Custom, report.Metadata.Variant);
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
        double[] two = new PlainNetwork(SixHeads.WithHeads(2), weights).Logits(pixels, 64, 64);
        Assert.IsGreaterThan(1e-4, six.Zip(two, static (a, b) => Math.Abs(a - b)).Max());
    }
}
