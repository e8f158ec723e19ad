namespace MlNetMobileViT;

/// <summary>
/// Where in an image its most likely class was seen: the class-activation map (Zhou et al., "Learning Deep Features for Discriminative
/// Localization", 2016), which for global average pooling and a linear classifier is exact.
/// </summary>
public sealed class ClassActivation
{
    private readonly float[] _values;
    private readonly ImagePreprocessing _input;

    internal ClassActivation(
        ClassPrediction prediction, int height, int width, float[] values, ImageGeometry geometry, ImagePreprocessing input)
    {
        Prediction = prediction;
        Height = height;
        Width = width;
        _values = values;
        Geometry = geometry;
        _input = input;
    }

    /// <summary>The class that the map is of: the most likely one.</summary>
    public ClassPrediction Prediction { get; }

    /// <summary>The number of the map's rows: 8 for an input of 256×256.</summary>
    public int Height { get; }

    /// <summary>The number of the map's columns.</summary>
    public int Width { get; }

    /// <summary>
    /// The map row by row, <see cref="Height"/> × <see cref="Width"/> values in the units of logits: above 0 speaks for the class, below 0
    /// against it. Their mean, with the class's bias, is its logit.
    /// </summary>
    public IReadOnlyList<float> Values => _values;

    /// <summary>Where the model's input, over which the map lies, is in the picture.</summary>
    public ImageGeometry Geometry { get; }

    /// <summary>The map on the upright picture, at any resolution.</summary>
    /// <param name="width">How many values a row has; the picture's own width is that of <see cref="Geometry"/>.</param>
    /// <param name="height">How many rows.</param>
    /// <returns>
    /// width × height values, row by row, interpolated bilinearly between the centres of the map's cells; NaN where the picture is
    /// outside the crop, which the model did not see.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public float[] ToSource(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var columns = new Place[width];
        for (int x = 0; x < width; x++)
        {
            double model = Geometry.SourceToModel((x + 0.5) * Geometry.Width / width, 0).X;
            columns[x] = Place.Of(model, _input.Width, Width);
        }

        float[] result = new float[checked(width * height)];
        for (int y = 0; y < height; y++)
        {
            var row = Place.Of(Geometry.SourceToModel(0, (y + 0.5) * Geometry.Height / height).Y, _input.Height, Height);
            ReadOnlySpan<float> first = _values.AsSpan(row.First * Width, Width), second = _values.AsSpan(row.Second * Width, Width);
            for (int x = 0; x < width; x++)
            {
                Place column = columns[x];
                float above = float.Lerp(first[column.First], first[column.Second], column.Share);
                float below = float.Lerp(second[column.First], second[column.Second], column.Share);
                result[(y * width) + x] = float.Lerp(above, below, row.Share);
            }
        }

        return result;
    }

    /// <summary>A line for people: the class, and its probability.</summary>
    public override string ToString() => FormattableString.Invariant($"{Prediction.Label}: {Prediction.Probability:P1}");

    /// <summary>Between which two cells of a row or column a point lies.</summary>
    /// <param name="First">The cell before it.</param>
    /// <param name="Second">The cell behind it; at the edge the same one.</param>
    /// <param name="Share">How much of the second counts; NaN outside the map.</param>
    private readonly record struct Place(int First, int Second, float Share)
    {
        /// <param name="point">A point of the model's input, in its pixels.</param>
        /// <param name="side">The side of the input.</param>
        /// <param name="cells">The side of the map.</param>
        public static Place Of(double point, int side, int cells)
        {
            double cell = Math.Clamp((point / side * cells) - 0.5, 0, cells - 1);
            int first = (int)cell;
            return new Place(first, Math.Min(first + 1, cells - 1), point >= 0 && point <= side ? (float)(cell - first) : float.NaN);
        }
    }
}
