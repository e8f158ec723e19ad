namespace MlNetMobileViT;

/// <summary>The continuous filters of PIL's <c>Image.resize</c>.</summary>
internal static class ResamplingFilter
{
    /// <summary>The distance from its centre beyond which a filter is zero, in pixels of the coarser grid.</summary>
    public static double Support(ImageInterpolation interpolation) => interpolation switch
    {
        ImageInterpolation.Bilinear => 1,
        ImageInterpolation.Bicubic => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "Unknown filter."),
    };

    /// <summary>The filter's value at a distance from its centre.</summary>
    /// <remarks>The order of the operations is PIL's: another one rounds differently in the last bit.</remarks>
    public static double Evaluate(ImageInterpolation interpolation, double x)
    {
        x = Math.Abs(x);
        return interpolation == ImageInterpolation.Bilinear ? Triangle(x) : Cubic(x);
    }

    private static double Triangle(double x) => x < 1 ? 1 - x : 0;

    /// <summary>R. Keys, "Cubic convolution interpolation for digital image processing" (1981), with a = −0.5.</summary>
    private static double Cubic(double x)
    {
        const double A = -0.5;
        return x switch
        {
            < 1 => ((((A + 2) * x) - (A + 3)) * x * x) + 1,
            < 2 => ((((x - 5) * x) + 8) * x - 4) * A,
            _ => 0,
        };
    }
}
