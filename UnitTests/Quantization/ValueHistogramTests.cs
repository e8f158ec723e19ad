using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ValueHistogramTests
{
    [TestMethod]
    [DataRow(-3f, 5f)]
    [DataRow(0f, 7f)]
    [DataRow(2f, 9f)]
    [DataRow(-8f, -1f)]
    public void The_range_is_that_of_sorted_values_to_a_bin(float lowest, float highest)
    {
        float[] values = Values(200_000, lowest, highest);
        float[] sorted = [.. values.Order()];
        int cut = (int)(values.Length * ValueHistogram.Cut);
        float bin = (sorted[^1] - sorted[0]) / ValueHistogram.Bins;

        ValueRange range = Histogram(values, sorted).Range();

        Assert.AreEqual(Math.Min(0, sorted[cut]), range.Min, bin * 1.01f);
        Assert.AreEqual(Math.Max(0, sorted[^(cut + 1)]), range.Max, bin * 1.01f);
        Assert.IsTrue(range is { Min: <= 0, Max: >= 0 });
    }

    [TestMethod]
    public void One_far_value_in_many_is_cut_off()
    {
        float[] values = [.. Values(100_000, -1, 1), 1000];
        ValueRange range = Histogram(values, [-1, 1000]).Range();
        Assert.IsLessThan(2f, range.Max);
    }

    [TestMethod]
    public void The_order_and_the_parts_do_not_matter()
    {
        float[] values = Values(10_000, -2, 3);
        float[] ends = [values.Min(), values.Max()];
        ValueHistogram parts = Histogram(values[5000..], ends);
        parts.Add(Histogram([.. values[..5000].Reverse()], ends));
        Assert.AreEqual(Histogram(values, ends).Range(), parts.Range());
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(2.5f)]
    [DataRow(-2.5f)]
    public void One_value_only_is_a_range_with_0(float value)
    {
        ValueRange range = Histogram([value, value], [value, value]).Range();
        Assert.AreEqual(new ValueRange(MathF.Min(0, value), MathF.Max(0, value)), range);
    }

    private static ValueHistogram Histogram(float[] values, float[] ends)
    {
        var histogram = new ValueHistogram(new ValueRange(ends[0], ends[^1]));
        histogram.Add(values);
        return histogram;
    }

    /// <summary>More of them near the middle, as activations are.</summary>
    private static float[] Values(int count, float lowest, float highest)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(_ =>
            lowest + ((highest - lowest) * (float)Enumerable.Range(0, 4).Average(_ => random.NextDouble())))];
    }
}
