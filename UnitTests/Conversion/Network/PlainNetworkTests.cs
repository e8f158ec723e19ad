using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>The graph against a plain implementation of the paper, over the shapes and styles that a graph can have.</summary>
[TestClass]
public sealed class PlainNetworkTests
{
    [TestMethod]
    [DataRow(64, 64)]
    [DataRow(32, 32)]
    [DataRow(32, 64)]
    [DataRow(96, 32)]
    [DataRow(64, 128)]
    [DataRow(128, 64)]
    [DataRow(96, 160)]
    [DataRow(96, 64)]
    [DataRow(32, 128)]
    public void Every_style_of_graph_computes_the_paper(int height, int width)
    {
        float[] pixels = FormulaWeights.Input(height, width);
        Dictionary<string, float[]> weights = FormulaWeights.For(TestModels.Tiny);
        var expected = new Dictionary<bool, float[]>();
        foreach (bool cvnets in new[] { false, true })
        {
            double[] logits = new PlainNetwork(TestModels.Tiny, weights, cvnets).Logits(pixels, height, width);
            expected[cvnets] = [.. logits.Select(static value => (float)value)];
        }

        GraphStyle[] styles =
        [
            new(height, width),
            new(height, width, Batch: 1),
            new(256, 256, DynamicSize: true),
        ];
        // Each style with and without fused attention, and with both layer norms.
        foreach ((int way, GraphStyle plain) in styles.Concat(styles).Concat(styles).Concat(styles).Index())
        {
            bool portable = way / styles.Length % 2 == 1;
            GraphStyle style = plain with { CvnetsLayerNorm = way < 2 * styles.Length };
            using var model = new OnnxRun(TestModels.Formula(TestModels.Tiny, style, portable: portable));
            float[] logits = model.Run(pixels, height, width)[ModelOutputs.Logits];
            Assert.IsLessThanOrEqualTo(2e-6, Numbers.MaxDifference(expected[style.CvnetsLayerNorm], logits), $"{style}, {portable}");
        }
    }

    [TestMethod]
    public void Layer_norm_of_CVNets_differs_where_patches_are_as_many_as_channels()
    {
        Dictionary<string, float[]> weights = FormulaWeights.For(TestModels.Tiny);
        foreach ((int height, int width, bool differs) in new[] { (32, 128, false), (64, 32, true), (64, 64, false) })
        {
            float[] pixels = FormulaWeights.Input(height, width);
            double[] cvnets = new PlainNetwork(TestModels.Tiny, weights, cvnetsLayerNorm: true).Logits(pixels, height, width);
            double[] paper = new PlainNetwork(TestModels.Tiny, weights, cvnetsLayerNorm: false).Logits(pixels, height, width);
            Assert.AreEqual(differs, cvnets.Zip(paper, static (a, b) => Math.Abs(a - b)).Max() > 1e-4, $"{height}x{width}");
        }
    }

    [TestMethod]
    public void Dilation_and_another_activation_are_computed()
    {
        MobileViTArchitecture network = TestModels.Change(TestModels.Tiny, static block => block switch
        {
            InvertedResidual { Stride: 2 } mv2 => mv2 with { Dilation = 2, Activation = Activation.Relu },
            MobileViT mobileViT => mobileViT with { Activation = Activation.Relu },
            _ => block,
        });
        float[] pixels = FormulaWeights.Input(64, 96);
        double[] expected = new PlainNetwork(network, FormulaWeights.For(network)).Logits(pixels, 64, 96);
        using var model = new OnnxRun(TestModels.Formula(network, new GraphStyle(64, 96)));
        Assert.IsLessThanOrEqualTo(2e-6, Numbers.MaxDifference(
            [.. expected.Select(static value => (float)value)], model.Run(pixels, 64, 96)[ModelOutputs.Logits]));
        Assert.AreEqual(network, MobileViTArchitecture.FromJson(network.ToJson()));
        Assert.AreNotEqual(TestModels.Tiny, network);
    }

    [TestMethod]
    public void A_picture_scores_the_same_alone_and_in_any_place_of_a_batch()
    {
        using var model = new OnnxRun(TestModels.Formula(TestModels.Tiny, new GraphStyle(64, 64)));
        float[] one = FormulaWeights.Input(64, 64);
        float[] other = [.. one.Select(static value => 10 * (1 - value))];
        float[] expected = model.Run(one, 64, 64)[ModelOutputs.Logits];
        float[] batch = model.RunBatch([.. other, .. one, .. other], 3, 64, 64)[ModelOutputs.Logits];
        Assert.IsLessThanOrEqualTo(1e-6, Numbers.MaxDifference(expected, batch.AsSpan(5, 5)));
        Assert.IsGreaterThan(1e-5, Numbers.MaxDifference(expected, batch.AsSpan(0, 5)));
    }

    [TestMethod]
    public void Half_precision_weights_change_the_logits_a_little()
    {
        using var model = new OnnxRun(
            TestModels.Formula(TestModels.Tiny, new GraphStyle(64, 64), precision: WeightPrecision.Float16));
        float[] pixels = FormulaWeights.Input(64, 64);
        double[] expected = new PlainNetwork(TestModels.Tiny, FormulaWeights.For(TestModels.Tiny)).Logits(pixels, 64, 64);
        double difference = Numbers.MaxDifference(
            [.. expected.Select(static value => (float)value)], model.Run(pixels, 64, 64)[ModelOutputs.Logits]);
        Assert.IsLessThanOrEqualTo(1e-2, difference);
        Assert.IsGreaterThan(0, difference);
    }

    [TestMethod]
    [DataRow(MobileViTVariants.Xxs, 1_272_024)]
    [DataRow(MobileViTVariants.Xs, 2_317_848)]
    [DataRow(MobileViTVariants.S, 5_578_632)]
    public void A_variant_has_the_published_number_of_parameters_and_knows_its_name(string variant, long parameters)
    {
        MobileViTArchitecture architecture = MobileViTVariants.Get(variant);
        Assert.AreEqual(parameters, architecture.ParameterCount);
        Assert.AreEqual(variant, MobileViTVariants.NameOf(architecture.WithClasses(7)));
        Assert.AreEqual(architecture, MobileViTArchitecture.FromJson(architecture.ToJson()));
        Assert.AreEqual(MobileViTFamily.V1.Custom, MobileViTVariants.NameOf(TestModels.Tiny));
    }
}
