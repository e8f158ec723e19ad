namespace MlNetMobileViT;

/// <summary>
/// Where the pixels of a model's input lie in the picture that they were made of: the way back from what a model says of its
/// input, a box or a map, to the picture, and the other way round.
/// </summary>
/// <remarks>
/// Points are continuous and count from the edges, as those of a resize do: pixel <c>i</c> reaches from <c>i</c> to <c>i + 1</c>, its
/// centre is <c>i + 0.5</c>, and a picture of a width <c>W</c> reaches from 0 to <c>W</c>. Points outside the crop, or outside the
/// picture, are mapped like the others.
/// </remarks>
public readonly record struct ImageGeometry
{
    private readonly ImageOrientation _orientation;
    private readonly CropPlan _plan;

    internal ImageGeometry(ImageOrientation orientation, CropPlan plan)
    {
        _orientation = orientation;
        _plan = plan;
    }

    /// <summary>The width in pixels of the source: the picture when it is upright.</summary>
    public int Width => _plan.Horizontal.Input;

    /// <summary>The height in pixels of the source: the picture when it is upright.</summary>
    public int Height => _plan.Vertical.Input;

    /// <summary>How the picture was turned to be upright, as a value of the EXIF tag, 1 to 8; 1 where it was not.</summary>
    internal int ExifOrientation => _orientation.ExifValue;

    private int StoredWidth => _orientation.Transposed ? Height : Width;

    private int StoredHeight => _orientation.Transposed ? Width : Height;

    /// <summary>The geometry of a picture of which the size when upright and the value of the EXIF tag are known.</summary>
    internal static ImageGeometry Create(ImagePreprocessing settings, int width, int height, int exifOrientation) =>
        new(ImageOrientation.FromExif(exifOrientation), CropPlan.Create(settings, width, height));

    /// <summary>A point of the model's input in the upright picture.</summary>
    /// <param name="x">From the left edge of the input, in its pixels.</param>
    /// <param name="y">From the top edge.</param>
    /// <returns>The distances from the left and the top edge of the upright picture, in its pixels.</returns>
    public (double X, double Y) ModelToSource(double x, double y) =>
        (_plan.Horizontal.ToInput(x), _plan.Vertical.ToInput(y));

    /// <summary>A point of the upright picture in the model's input.</summary>
    /// <param name="x">From the left edge of the upright picture, in its pixels.</param>
    /// <param name="y">From the top edge.</param>
    /// <returns>The distances from the left and the top edge of the input, in its pixels.</returns>
    public (double X, double Y) SourceToModel(double x, double y) =>
        (_plan.Horizontal.ToKept(x), _plan.Vertical.ToKept(y));

    /// <summary>
    /// A point of the upright picture in the picture as it is stored, which is another where EXIF orientation was applied.
    /// </summary>
    /// <param name="x">From the left edge of the upright picture, in its pixels.</param>
    /// <param name="y">From the top edge.</param>
    /// <returns>The distances from the left and the top edge of the stored picture, in its pixels.</returns>
    public (double X, double Y) SourceToStored(double x, double y)
    {
        (x, y) = _orientation.Transposed ? (y, x) : (x, y);
        return (_orientation.MirroredX ? StoredWidth - x : x, _orientation.MirroredY ? StoredHeight - y : y);
    }

    /// <summary>A point of the picture as it is stored in the upright one.</summary>
    /// <param name="x">From the left edge of the stored picture, in its pixels.</param>
    /// <param name="y">From the top edge.</param>
    /// <returns>The distances from the left and the top edge of the upright picture, in its pixels.</returns>
    public (double X, double Y) StoredToSource(double x, double y)
    {
        x = _orientation.MirroredX ? StoredWidth - x : x;
        y = _orientation.MirroredY ? StoredHeight - y : y;
        return _orientation.Transposed ? (y, x) : (x, y);
    }
}
