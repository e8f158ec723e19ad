using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Convolutions by Winograd's filtering: where they are used, and that they are still the same convolutions.</summary>
[TestClass]
public sealed class WinogradTests
{
    private const int ProductRows = 6;

    /// <summary>Small, but for one block whose convolutions are large enough.</summary>
    private static readonly MobileViTArchitecture Wide = TestModels.Tiny with
    {
        Stages = [.. TestModels.Tiny.Stages.Select(static (stage, index) => index == 2 ? stage with { Channels = 64 } : stage)],
    };

    [TestMethod]
    [DataRow(256, 256, 3)]
    [DataRow(512, 128, 3)]
    [DataRow(96, 512, 3)]
    [DataRow(128, 128, 2)]
    [DataRow(224, 64, 2)]
    [DataRow(96, 64, 0)]
    [DataRow(32, 512, 0)]
    public void A_graph_computes_the_paper_with_it(int height, int width, int transformedInputs)
    {
        ModelProto model = TestModels.Formula(Wide, new GraphStyle(height, width));
        Assert.AreEqual(ProductRows * transformedInputs, Products(model));

        float[] pixels = FormulaWeights.Input(height, width);
        double[] expected = new PlainNetwork(Wide, FormulaWeights.For(Wide)).Logits(pixels, height, width);
        using var run = new OnnxRun(model);
        float[] logits = run.Run(pixels, height, width)[ModelOutputs.Logits];
        Assert.IsLessThanOrEqualTo(
            2e-6, Numbers.MaxDifference([.. expected.Select(static value => (float)value)], logits));
    }

    [TestMethod]
    public void A_picture_scores_the_same_in_any_place_of_a_batch()
    {
        using var run = new OnnxRun(TestModels.Formula(Wide, new GraphStyle(256, 256)));
        float[] one = FormulaWeights.Input(256, 256);
        float[] other = [.. one.Select(static value => 10 * (1 - value))];
        float[] expected = run.Run(one, 256, 256)[ModelOutputs.Logits];
        float[] batch = run.RunBatch([.. other, .. one, .. other], 3, 256, 256)[ModelOutputs.Logits];
        Assert.IsLessThanOrEqualTo(1e-6, Numbers.MaxDifference(expected, batch.AsSpan(5, 5)));
        Assert.IsGreaterThan(1e-5, Numbers.MaxDifference(expected, batch.AsSpan(0, 5)));
    }

    [TestMethod]
    public void It_is_left_out_where_it_would_not_fit()
    {
        GraphStyle style = new(256, 256);
        Assert.IsGreaterThan(0, Products(TestModels.Formula(Wide, style)));
        foreach (GraphStyle other in new[]
        {
            style with { DynamicSize = true },
            style with { Portable = true },
            style with { Precision = WeightPrecision.Float16 },
        })
        {
            Assert.AreEqual(0, Products(TestModels.Formula(Wide, other)), $"{other}");
        }

        MobileViTArchitecture unblocked = Wide with
        {
            Stages = [.. Wide.Stages.Select(static (stage, index) => index == 2 ? stage with { Channels = 72 } : stage)],
        };
        Assert.AreEqual(0, Products(TestModels.Formula(unblocked, style)), "72 channels");
    }

    [TestMethod]
    public void Operations_are_counted_as_the_plain_convolution_has_them()
    {
        static long Macs(GraphStyle style) => ModelMetadata.FromProperties(
            TestModels.Formula(Wide, style).MetadataProps.ToDictionary(static entry => entry.Key, static entry => entry.Value),
            "formula").Macs;
        Assert.AreEqual(Macs(new GraphStyle(256, 256, Portable: true)), Macs(new GraphStyle(256, 256)));
    }

    /// <summary>The convolutions with 1×3 kernels, which nothing else has.</summary>
    private static int Products(ModelProto model) => model.Graph.Node.Count(static node => node.OpType == "Conv"
        && node.Attribute.Single(static attribute => attribute.Name == "kernel_shape").Ints.SequenceEqual([1, 3]));
}
