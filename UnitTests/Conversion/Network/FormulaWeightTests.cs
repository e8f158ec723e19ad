using System.Text.Json;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>The whole network, with nothing beside the repository, against the official implementation in float64.</summary>
[TestClass]
public sealed class FormulaWeightTests
{
    private static readonly JsonElement Expected = JsonDocument
        .Parse(File.ReadAllText(Reference.InRepository("UnitTests", "Data", "formula_weights.json"))).RootElement;

    [TestMethod]
    public void The_formula_is_the_one_that_the_expected_numbers_were_made_with()
    {
        JsonElement checks = Expected.GetProperty("checks");
        const string Name = "conv_1.block.conv.weight";
        Assert.AreEqual(checks.GetProperty($"fnv1a64('{Name}')").GetString(), $"0x{FormulaWeights.Fnv1a64(Name):x16}");
        float[] filled = FormulaWeights.Fill(new TensorSpec(new(Name, "", ""), [16, 3, 3, 3], TensorKind.Parameter));
        CollectionAssert.AreEqual(Floats(checks.GetProperty($"fill('{Name}',(16,3,3,3)) first 4")), filled[..4]);
        Assert.AreEqual(
            checks.GetProperty("input[1,2,3]").GetSingle(), FormulaWeights.Input(256, 256)[(((1 * 256) + 2) * 256) + 3]);
    }

    [TestMethod]
    [DataRow(MobileViTVariants.Xxs, false)]
    [DataRow(MobileViTVariants.Xxs, true)]
    [DataRow(MobileViTVariants.Xs, false)]
    [DataRow(MobileViTVariants.S, false)]
    [DataRow(MobileViTVariants.S, true)]
    public void Features_and_logits_equal_the_official_implementation(string variant, bool portable)
    {
        JsonElement expected = Expected.GetProperty($"mobilevit_{variant}");
        var architecture = MobileViTVariants.Get(variant);
        Assert.AreEqual(expected.GetProperty("parameters").GetInt64(), architecture.ParameterCount);

        using var model = new OnnxRun(TestModels.Formula(architecture, new GraphStyle(256, 256), portable: portable));
        var outputs = model.Run(FormulaWeights.Input(256, 256), 256, 256);

        Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(Floats(expected.GetProperty("pooled")), outputs[ModelOutputs.Features]));
        Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(Floats(expected.GetProperty("logits")), outputs[ModelOutputs.Logits]));
        Assert.AreEqual(1.0, outputs[ModelOutputs.Probabilities].Sum(static value => (double)value), 1e-5);
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(static value => value.GetSingle())];
}
