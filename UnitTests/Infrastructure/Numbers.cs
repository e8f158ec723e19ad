namespace MlNetMobileViT.UnitTests;

/// <summary>Comparisons of number sequences.</summary>
internal static class Numbers
{
    /// <summary>The largest absolute difference; NaN counts as infinite.</summary>
    public static double MaxDifference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.AreEqual(expected.Length, actual.Length, "The two sequences differ in length.");
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }

        return largest;
    }

    /// <summary>The indices of the <paramref name="count"/> largest values, largest first.</summary>
    public static int[] Top(ReadOnlySpan<float> values, int count)
    {
        float[] copy = values.ToArray();
        return Enumerable.Range(0, copy.Length).OrderByDescending(index => copy[index]).Take(count).ToArray();
    }

    /// <summary>The standard deviation over all values.</summary>
    public static double StandardDeviation(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
        }

        double mean = sum / values.Length;
        return Math.Sqrt((squares / values.Length) - (mean * mean));
    }
}
