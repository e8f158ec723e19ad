namespace MlNetMobileViT.Conversion;

/// <summary>How often values fall where between the lowest and the highest: counts only, so that the order of adding does not matter.</summary>
/// <param name="bounds">The lowest and the highest value.</param>
internal sealed class ValueHistogram(ValueRange bounds)
{
    public const int Bins = 4096;

    /// <summary>The share of the values that is cut off on each side: percentile 99.99.</summary>
    public const double Cut = 0.00005;

    private readonly long[] _counts = new long[Bins];

    private double Width => ((double)bounds.Max - bounds.Min) / Bins;

    public void Add(ReadOnlySpan<float> values)
    {
        if (!(bounds.Max > bounds.Min))
        {
            return;
        }

        long[] counts = _counts;
        float lowest = bounds.Min;
        float perValue = (float)(1 / Width);
        foreach (float value in values)
        {
            counts[Math.Clamp((int)((value - lowest) * perValue), 0, Bins - 1)]++;
        }
    }

    public void Add(ValueHistogram other)
    {
        for (int i = 0; i < Bins; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>The range without the outermost values, 0 in it.</summary>
    public ValueRange Range()
    {
        long cut = (long)(_counts.Sum() * Cut);
        (int first, int last) = (0, Bins - 1);
        for (long below = 0; first < Bins - 1 && below + _counts[first] <= cut; first++)
        {
            below += _counts[first];
        }

        for (long above = 0; last > first && above + _counts[last] <= cut; last--)
        {
            above += _counts[last];
        }

        return new ValueRange(
            MathF.Min(0, (float)(bounds.Min + (first * Width))),
            MathF.Max(0, last == Bins - 1 ? bounds.Max : (float)(bounds.Min + ((last + 1) * Width))));
    }
}
