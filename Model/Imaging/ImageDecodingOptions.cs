namespace MlNetMobileViT;

/// <summary>How encoded images are decoded, apart from what the model's own preprocessing says.</summary>
public sealed record ImageDecodingOptions
{
    /// <summary>
    /// The default of <see cref="MaxPixels"/>: 178,956,970, the number of pixels above which PIL refuses an image (twice its
    /// <c>Image.MAX_IMAGE_PIXELS</c>, which is <c>int(1024 * 1024 * 1024 // 4 // 3)</c>).
    /// </summary>
    public const long DefaultMaxPixels = 2L * (1024 * 1024 * 1024 / 4 / 3);

    /// <summary>The largest value that <see cref="MaxPixels"/> can have: 4 bytes of each pixel still fit an array.</summary>
    public const long LargestMaxPixels = 500_000_000;

    /// <summary>
    /// Whether an image is turned and mirrored as its EXIF orientation says, as viewers show it. True by default: photos from
    /// phones are stored lying on their side. Set it to false to reproduce evaluations that ignore EXIF, as those on
    /// ImageNet do.
    /// </summary>
    public bool ApplyExifOrientation { get; init; } = true;

    /// <summary>
    /// The most pixels (width × height) that an image may declare. An image that declares more is refused before any memory
    /// for its pixels is allocated. <see cref="DefaultMaxPixels"/> by default.
    /// </summary>
    public long MaxPixels { get; init; } = DefaultMaxPixels;

    /// <summary>Checks that the values are in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <see cref="MaxPixels"/> is not between 1 and <see cref="LargestMaxPixels"/>.
    /// </exception>
    public void Validate()
    {
        if (MaxPixels is < 1 or > LargestMaxPixels)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxPixels), MaxPixels, $"MaxPixels must be between 1 and {LargestMaxPixels}.");
        }
    }
}
