namespace MlNetMobileViT.Conversion;

/// <summary>How a range becomes unsigned bytes: x ≈ scale · (q − zero).</summary>
/// <param name="Scale">The step.</param>
/// <param name="Zero">The byte that stands for 0.</param>
internal readonly record struct ByteScale(float Scale, byte Zero)
{
    private const float SmallestScale = 1e-30f;

    /// <summary>The scale of a range, which is widened to hold 0: padding and activations need it exactly.</summary>
    public static ByteScale Of(ValueRange range)
    {
        float min = Math.Min(range.Min, 0), max = Math.Max(range.Max, 0);
        float scale = Math.Max((max - min) / byte.MaxValue, SmallestScale);
        return new ByteScale(scale, (byte)Math.Clamp(MathF.Round(-min / scale), byte.MinValue, byte.MaxValue));
    }
}
