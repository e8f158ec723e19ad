using System.Text.Json;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>MobileViTv2 of every published width, with nothing beside the repository, against CVNets in float64.</summary>
[TestClass]
public sealed class FormulaWeightV2Tests
{
    private const double Tolerance = 1e-5;

    private static readonly JsonElement Expected = JsonDocument
        .Parse(File.ReadAllText(Reference.InRepository("UnitTests", "Data", "formula_weights_v2_heads.json"))).RootElement;

    // Multiply-accumulate operations at 256×256 as the reference gives them, in millions.
    [TestMethod]
    [DataRow("0.5", 464.6)]
    [DataRow("0.75", 1028)]
    [DataRow("1.0", 1812)]
    [DataRow("1.25", 2817)]
    [DataRow("1.5", 4042)]
    [DataRow("1.75", 5489)]
    [DataRow("2.0", 7156)]
    public void Features_and_logits_equal_the_official_implementation(string width, double millions)
    {
        JsonElement expected = Expected.GetProperty($"mobilevitv2_{width}");
        var architecture = MobileViTVariants.Get($"v2-{width}");
        Assert.AreEqual(expected.GetProperty("parameters").GetInt64(), architecture.ParameterCount);
        Assert.AreEqual($"v2-{width}", MobileViTVariants.NameOf(architecture.WithClasses(7)));
        Assert.AreEqual(millions, MobileViTNetwork.CountMacs(architecture, 256, 256) / 1e6, 0.0005 * millions);
        Assert.AreEqual(architecture, MobileViTArchitecture.FromJson(architecture.ToJson()));

        using var model = new OnnxRun(TestModels.Formula(architecture, new GraphStyle(256, 256)));
        var outputs = model.Run(FormulaWeights.Input(256, 256), 256, 256);
        AssertClose(expected.GetProperty("pooled"), outputs[ModelOutputs.Features]);
        AssertClose(expected.GetProperty("logits"), outputs[ModelOutputs.Logits]);

        // Odd maps: the blocks enlarge them.
        using var odd = new OnnxRun(TestModels.Formula(architecture, new GraphStyle(112, 176)));
        AssertClose(
            expected.GetProperty("logits_112x176_first_100"),
            odd.Run(FormulaWeights.Input(112, 176), 112, 176)[ModelOutputs.Logits][..100]);
    }

    [TestMethod]
    [DataRow("v2-0.5", 1045)]
    [DataRow("v2-1.0", 4077)]
    [DataRow("v2-2.0", 16099)]
    public void Larger_inputs_take_the_published_operations(string variant, double millions) =>
        Assert.AreEqual(millions, MobileViTNetwork.CountMacs(MobileViTVariants.Get(variant), 384, 384) / 1e6, 0.0005 * millions);

    [TestMethod]
    public void A_width_that_is_not_published_has_a_name_as_well()
    {
        Assert.AreEqual("v2-0.6", MobileViTVariants.NameOf(MobileViTVariants.Get("v2-0.6")));
        Assert.ThrowsExactly<ArgumentException>(() => MobileViTVariants.Get("v2-0"));
        Assert.ThrowsExactly<ArgumentException>(() => MobileViTVariants.Get("v2-1"));
    }

    /// <summary>Within 1e-5 of the largest value.</summary>
    private static void AssertClose(JsonElement expected, float[] actual)
    {
        float[] values = [.. expected.EnumerateArray().Select(static value => value.GetSingle())];
        double scale = values.Max(Math.Abs);
        Assert.IsLessThanOrEqualTo(Tolerance * scale, Numbers.MaxDifference(values, actual));
    }
}
