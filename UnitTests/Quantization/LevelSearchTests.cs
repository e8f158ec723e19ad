using MlNetMobileViT.Conversion;
using Level = MlNetMobileViT.Conversion.QuantizationLevel;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LevelSearchTests
{
    [TestMethod]
    public void Levels_come_from_the_fastest_down_and_bad_layers_are_given_back_before_a_level_is_dropped()
    {
        LayerError[] layers =
        [
            new("depthwise", Level.Full, 9), new("conv", Level.Blocks, 8), new("pointwise", Level.Pointwise, 7),
            .. Enumerable.Range(0, 6).Select(static i => new LayerError($"linear_{i}", Level.Linear, 1)),
        ];
        string[] found = [.. LevelSearch.Candidates(layers).Select(static candidate =>
            $"{candidate.Level}: {string.Join(' ', candidate.FloatLayers)}")];
        string[] expected =
        [
            "Full: ", "Full: depthwise", "Full: depthwise conv",
            "Pointwise: ", "Pointwise: conv", "Pointwise: conv pointwise",
            "Blocks: ", "Blocks: conv",
            "Linear: ",
        ];
        CollectionAssert.AreEqual(expected, found);
    }

    [TestMethod]
    public void At_most_four_are_given_back()
    {
        LayerError[] layers =
        [
            .. Enumerable.Range(0, 8).Select(static i => new LayerError($"bad_{i}", Level.Linear, 10 - i)),
            .. Enumerable.Range(0, 20).Select(static i => new LayerError($"good_{i}", Level.Linear, 1)),
        ];
        int[] counts = [.. LevelSearch.Candidates(layers).Where(static candidate => candidate.Level == Level.Linear)
            .Select(static candidate => candidate.FloatLayers.Count)];
        Assert.AreEqual("0 1 2 4", string.Join(' ', counts));
    }

    [TestMethod]
    [DataRow(0.99, null, null, true)]
    [DataRow(0.989, null, null, false)]
    [DataRow(0.99, 0.8, 0.7951, true)]
    [DataRow(0.99, 0.8, 0.794, false)]
    [DataRow(0.98, 0.8, 0.9, false)]
    public void The_bound_is_labels_kept_and_top_1(double same, double? before, double? after, bool keeps)
    {
        var comparison = new ModelComparison
        {
            Images = 1000,
            SameLabel = same,
            MeanDifference = 0,
            Worst = [],
            Accuracy = before is null ? null : new ComparedAccuracy(1000, before.Value, after!.Value, 1, 1),
        };
        Assert.AreEqual(keeps, LevelSearch.Keeps(comparison, 0.99));
    }
}
