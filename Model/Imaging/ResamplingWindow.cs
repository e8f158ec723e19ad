namespace MlNetMobileViT;

/// <summary>Which inputs of an axis contribute to which output.</summary>
/// <remarks>
/// PIL's rule: the filter's support grows with the down-scaling factor (that is the antialiasing) and the two ends are
/// rounded to whole pixels.
/// </remarks>
internal readonly struct ResamplingWindow
{
    private readonly ResizeAxis _axis;
    private readonly ImageInterpolation _interpolation;
    private readonly bool _mirrored;
    private readonly double _scale;
    private readonly double _filterScale;
    private readonly double _support;

    /// <param name="axis">The axis.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="mirrored">Whether input i of the axis is stored at Input − 1 − i.</param>
    public ResamplingWindow(ResizeAxis axis, ImageInterpolation interpolation, bool mirrored)
    {
        _axis = axis;
        _interpolation = interpolation;
        _mirrored = mirrored;

        // PIL keeps the box that it resizes in single precision, which matters above 2^24 pixels.
        _scale = (float)axis.Input / (double)axis.Output;
        _filterScale = Math.Max(_scale, 1);
        _support = ResamplingFilter.Support(interpolation) * _filterScale;
        MaxTaps = (int)Math.Min(axis.Input, (2 * Math.Ceiling(_support)) + 1);
    }

    /// <summary>An upper bound on the inputs of one output.</summary>
    public int MaxTaps { get; }

    /// <summary>The stored inputs that the outputs from <paramref name="first"/> on, as many as given, need.</summary>
    public (int Start, int End) Inputs(int first, int count)
    {
        var (firstStart, firstTaps) = Stored(first);
        var (lastStart, lastTaps) = Stored(first + count - 1);
        return _mirrored ? (lastStart, firstStart + firstTaps) : (firstStart, lastStart + lastTaps);
    }

    /// <summary>The first stored input of an output and the number of its inputs.</summary>
    public (int Start, int Taps) Stored(int output)
    {
        var (start, taps) = Upright(Centre(output));
        return (_mirrored ? _axis.Input - start - taps : start, taps);
    }

    /// <summary>Writes the weights of an output's inputs in stored order; they sum to 1.</summary>
    public void Weights(int output, Span<double> weights)
    {
        double centre = Centre(output);
        var (start, taps) = Upright(centre);
        double inverse = 1 / _filterScale;
        double sum = 0;
        for (int i = 0; i < taps; i++)
        {
            double weight = ResamplingFilter.Evaluate(_interpolation, (i + start - centre + 0.5) * inverse);
            weights[i] = weight;
            sum += weight;
        }

        if (sum != 0)
        {
            for (int i = 0; i < taps; i++)
            {
                weights[i] /= sum;
            }
        }

        if (_mirrored)
        {
            weights[..taps].Reverse();
        }
    }

    private double Centre(int output) => (_axis.Offset + output + 0.5) * _scale;

    private (int Start, int Taps) Upright(double centre)
    {
        int start = Math.Max((int)(centre - _support + 0.5), 0);
        int end = Math.Min((int)(centre + _support + 0.5), _axis.Input);
        return (start, end - start);
    }
}

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
