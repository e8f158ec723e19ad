using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class PictureSplitTests
{
    [TestMethod]
    public void Every_other_picture_calibrates()
    {
        PictureSplit split = PictureSplit.Of(Images(7, static _ => null));
        Assert.AreEqual("0 2 4 6", Paths(split.Calibration));
        Assert.AreEqual("1 3 5", Paths(split.HeldOut));
    }

    [TestMethod]
    public void Of_many_some_are_taken_from_everywhere()
    {
        PictureSplit split = PictureSplit.Of(Images(10_000, static _ => null));
        Assert.HasCount(PictureSplit.MaxCalibration, split.Calibration);
        Assert.HasCount(PictureSplit.MaxHeldOut, split.HeldOut);
        Assert.IsGreaterThan(9_800, int.Parse(split.Calibration[^1].Path));
        Assert.IsGreaterThan(9_980, int.Parse(split.HeldOut[^1].Path));
        Assert.IsEmpty(split.Calibration.Intersect(split.HeldOut));
    }

    [TestMethod]
    public void Classes_that_take_turns_are_in_both_parts()
    {
        PictureSplit split = PictureSplit.Of(Images(40, static i => i % 2 == 0 ? "cat" : "dog"));
        foreach (IReadOnlyList<CalibrationImage> part in new[] { split.Calibration, split.HeldOut })
        {
            Assert.AreEqual(10, part.Count(static image => image.Label == "cat"));
            Assert.AreEqual(10, part.Count(static image => image.Label == "dog"));
        }
    }

    private static CalibrationImage[] Images(int count, Func<int, string?> label) =>
        [.. Enumerable.Range(0, count).Select(i => new CalibrationImage($"{i}", label(i)))];

    private static string Paths(IEnumerable<CalibrationImage> images) => string.Join(' ', images.Select(static image => image.Path));
}
