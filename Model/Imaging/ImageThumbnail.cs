using System.Buffers;

namespace MlNetMobileViT;

/// <summary>A small version of a whole picture, upright, for people to look at. Models want <see cref="ImagePreprocessor"/>.</summary>
/// <param name="Width">The width in pixels, at least 1.</param>
/// <param name="Height">The height in pixels, at least 1.</param>
/// <param name="Rgba">Red, green, blue and 255 of each pixel, row by row; what is transparent shows white.</param>
/// <remarks>
/// Read like the pictures that are scored: the same formats, errors and orientation, within the same budget of memory. A JPEG or
/// WebP is decoded to the smallest size that its decoder offers and that is enough.
/// </remarks>
/// <example>
/// <code>
/// ImageThumbnail thumbnail = ImageThumbnail.Create("cat.jpg", maxSide: 224);
/// </code>
/// </example>
#pragma warning disable CA1819 // Pixels are handed on as an array, to whatever encodes them.
internal sealed record ImageThumbnail(int Width, int Height, byte[] Rgba)
#pragma warning restore CA1819
{
    /// <summary>Makes a small version of an image file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxSide">The longer side in pixels, at least 1; smaller pictures keep their size.</param>
    /// <param name="options">How to decode; the defaults apply EXIF orientation and refuse enormous images.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSide"/> is less than 1.</exception>
    /// <inheritdoc cref="ImagePreprocessor.Preprocess(string, Span{float})" path="/exception"/>
    public static ImageThumbnail Create(string path, int maxSide, ImageDecodingOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        options ??= new ImageDecodingOptions();
        options.Validate();
        NativeSkia.ThrowIfUnusable();
        ArrayPool<byte> pool = PixelPool.Get();
        ImagePreprocessing? size = null;
        using PixelBuffer pixels = ImageDecoder.Crop(
            pool, path, options, (width, height) => size = Fit(width, height, maxSide), out _, maxSide);
        return new ImageThumbnail(size!.Width, size.Height, pixels.Bytes.ToArray());
    }

    private static ImagePreprocessing Fit(int width, int height, int maxSide)
    {
        double scale = Math.Min(1, (double)maxSide / Math.Max(width, height));
        return PreprocessingPresets.Get(PreprocessingPresets.Squash) with
        {
            Width = Math.Max((int)Math.Round(width * scale), 1),
            Height = Math.Max((int)Math.Round(height * scale), 1),
        };
    }
}
