using System.Buffers;

namespace MlNetMobileViT;

/// <summary>Turns images into a MobileViT model's input, with the same numbers as the Python pipelines of its authors.</summary>
/// <remarks>
/// <para>
/// From file to crop the result equals that of PIL and torchvision bit by bit: the same decoded pixels, the same antialiased
/// resampling (Pillow's <c>Resample.c</c>), the same centre crop. Only the rows and columns that the crop keeps are
/// computed, so an image of an extreme shape costs what its crop costs.
/// </para>
/// <para>
/// JPEG, PNG, WebP, GIF (its first frame), BMP and ICO (its largest picture) can be read, whatever the file is called. Alpha is dropped and colour
/// kept, as PIL does. An image that is cut off, or damaged so that it can be noticed, is an error and never half an image.
/// (PNG has checksums; in a JPEG, not every flipped bit can be noticed.)
/// </para>
/// <para>
/// An instance is immutable and can be used from any number of threads at once. Pictures that are decoded at the same time share
/// a budget of memory with their files, half of what the process may use at most: a large one waits until there is room, and one
/// that is larger than all the memory of the process is an error.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));
/// float[] pixels = new float[preprocessor.Length];
/// preprocessor.Preprocess("cat.jpg", pixels);
/// </code>
/// </example>
public sealed class ImagePreprocessor
{
    private const string UnnamedImage = "encoded image";

    private readonly PixelNormalizer _normalizer;
    private readonly Func<int, int, ImagePreprocessing> _settingsOf;

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="settings">The model's settings; a converted model carries them (see <see cref="ModelMetadata"/>).</param>
    /// <param name="options">How to decode; the defaults apply EXIF orientation and refuse enormous images.</param>
    /// <exception cref="ArgumentException">A value of the settings or options is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// SkiaSharp and its native library are of different versions; the message names them and the package to add.
    /// </exception>
    public ImagePreprocessor(ImagePreprocessing settings, ImageDecodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Settings = settings;
        Options = options ?? new ImageDecodingOptions();
        Options.Validate();
        NativeSkia.ThrowIfUnusable();
        _normalizer = new PixelNormalizer(settings);
        _settingsOf = (_, _) => settings;
    }

    /// <summary>The model's settings.</summary>
    public ImagePreprocessing Settings { get; }

    /// <summary>How images are decoded.</summary>
    public ImageDecodingOptions Options { get; }

    /// <summary>The number of values of one preprocessed image, <c>3 · H · W</c>.</summary>
    public int Length => 3 * Settings.Height * Settings.Width;

    /// <summary>Preprocesses an image file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">Receives <c>[3, H, W]</c>, <see cref="Length"/> values.</param>
    /// <returns>Where the pixels lie in the image.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length, or the path is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, or damaged, or too large; the message says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a folder.</exception>
    public ImageGeometry Preprocess(string path, Span<float> destination)
    {
        RequireLength<float>(destination);
        using PixelBuffer crop = Decode(path, out ImageGeometry geometry);
        _normalizer.Normalize(crop.Bytes, destination);
        return geometry;
    }

    /// <summary>Preprocesses the content of an image file.</summary>
    /// <param name="encoded">The content: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="destination">Receives <c>[3, H, W]</c>, <see cref="Length"/> values.</param>
    /// <param name="name">What to call the image in errors.</param>
    /// <returns>Where the pixels lie in the image.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidDataException">The content is not an image, or damaged, or too large; the message says which.</exception>
    public ImageGeometry Preprocess(ReadOnlySpan<byte> encoded, Span<float> destination, string? name = null)
    {
        RequireLength<float>(destination);
        using PixelBuffer crop = Decode(encoded, name, out ImageGeometry geometry);
        _normalizer.Normalize(crop.Bytes, destination);
        return geometry;
    }

    /// <summary>Preprocesses decoded pixels.</summary>
    /// <param name="pixels">The image, upright.</param>
    /// <param name="destination">Receives <c>[3, H, W]</c>, <see cref="Length"/> values.</param>
    /// <returns>Where the pixels lie in the image.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidDataException">The image has more pixels than the options accept.</exception>
    internal ImageGeometry Preprocess(DecodedPixels pixels, Span<float> destination)
    {
        RequireLength<float>(destination);
        using PixelBuffer crop = Copy(pixels, out ImageGeometry geometry);
        _normalizer.Normalize(crop.Bytes, destination);
        return geometry;
    }

    /// <summary>The crop of an image file before it is normalised, for thumbnails and tests.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">Receives <c>[H, W, 3]</c>, red, green, blue; <see cref="Length"/> bytes.</param>
    /// <inheritdoc cref="Preprocess(string, Span{float})" path="/exception"/>
    public void Crop(string path, Span<byte> destination)
    {
        RequireLength<byte>(destination);
        using PixelBuffer crop = Decode(path, out _);
        DropAlpha(crop.Bytes, destination);
    }

    /// <summary>The crop of an encoded image before it is normalised, for thumbnails and tests.</summary>
    /// <param name="encoded">The content: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="destination">Receives <c>[H, W, 3]</c>, red, green, blue; <see cref="Length"/> bytes.</param>
    /// <param name="name">What to call the image in errors.</param>
    /// <inheritdoc cref="Preprocess(ReadOnlySpan{byte}, Span{float}, string)" path="/exception"/>
    public void Crop(ReadOnlySpan<byte> encoded, Span<byte> destination, string? name = null)
    {
        RequireLength<byte>(destination);
        using PixelBuffer crop = Decode(encoded, name, out _);
        DropAlpha(crop.Bytes, destination);
    }

    /// <summary>The crop of decoded pixels before it is normalised.</summary>
    /// <param name="pixels">The image, upright.</param>
    /// <param name="destination">Receives <c>[H, W, 3]</c>, red, green, blue; <see cref="Length"/> bytes.</param>
    /// <inheritdoc cref="Preprocess(DecodedPixels, Span{float})" path="/exception"/>
    internal void Crop(DecodedPixels pixels, Span<byte> destination)
    {
        RequireLength<byte>(destination);
        using PixelBuffer crop = Copy(pixels, out _);
        DropAlpha(crop.Bytes, destination);
    }

    /// <summary>The number of bytes of <see cref="CropPixels"/>.</summary>
    internal int CropLength => Settings.Height * Settings.Width * PixelBuffer.BytesPerPixel;

    /// <summary>The first half of the work on decoded pixels: resampling and cropping.</summary>
    /// <param name="pixels">The image, upright.</param>
    /// <param name="crop">Receives <see cref="CropLength"/> bytes for <see cref="Normalize"/>.</param>
    /// <returns>Where the crop lies in the image.</returns>
    /// <exception cref="InvalidDataException">The image has more pixels than the options accept.</exception>
    internal ImageGeometry CropPixels(DecodedPixels pixels, Span<byte> crop)
    {
        using PixelBuffer buffer = Copy(pixels, out ImageGeometry geometry);
        buffer.Bytes.CopyTo(crop);
        return geometry;
    }

    /// <summary>The second half: planes of floats from a crop.</summary>
    internal void Normalize(ReadOnlySpan<byte> crop, Span<float> destination)
    {
        RequireLength<float>(destination);
        _normalizer.Normalize(crop, destination);
    }

    private PixelBuffer Decode(string path, out ImageGeometry geometry) =>
        ImageDecoder.Crop(PixelPool.Get(), path, Options, _settingsOf, out geometry);

    private PixelBuffer Decode(ReadOnlySpan<byte> encoded, string? name, out ImageGeometry geometry) =>
        ImageDecoder.Crop(PixelPool.Get(), encoded, name ?? UnnamedImage, Options, _settingsOf, out geometry);

    private PixelBuffer Copy(DecodedPixels pixels, out ImageGeometry geometry)
    {
        if ((long)pixels.Width * pixels.Height > Options.MaxPixels)
        {
            throw new InvalidDataException(
                $"The image{(string.IsNullOrEmpty(pixels.Name) ? "" : $" '{pixels.Name}'")} has {pixels.Width}×{pixels.Height} pixels, "
                + $"more than the {Options.MaxPixels} that are accepted; scale it down, or raise "
                + $"{nameof(ImageDecodingOptions)}.{nameof(ImageDecodingOptions.MaxPixels)} (--max-pixels).");
        }

        var plan = CropPlan.Create(Settings, pixels.Width, pixels.Height);
        geometry = new ImageGeometry(ImageOrientation.Upright, plan);
        PixelRegion region = Resampler.Inputs(ImageOrientation.Upright, plan, Settings.Interpolation);
        long bytes = (long)region.Width * region.Height * PixelBuffer.BytesPerPixel;
        string name = string.IsNullOrEmpty(pixels.Name) ? UnnamedImage : pixels.Name;
        MemoryBudget.Shared.Take(bytes, name, pixels.Width, pixels.Height);
        try
        {
            ArrayPool<byte> pool = PixelPool.Get();
            using var copy = new PixelBuffer(pool, region);
            pixels.CopyTo(copy);
            var crop = new PixelBuffer(pool, Settings.Width, Settings.Height);
            Resampler.Resample(copy, ImageOrientation.Upright, plan, Settings.Interpolation, crop.Bytes);
            if (pixels.BlueFirst)
            {
                SwapRedAndBlue(crop.Bytes);
            }

            return crop;
        }
        catch (OutOfMemoryException)
        {
            throw MemoryBudget.OutOfMemory(bytes, name, pixels.Width, pixels.Height);
        }
        finally
        {
            MemoryBudget.Shared.Return(bytes);
        }
    }

    private void RequireLength<T>(ReadOnlySpan<T> destination)
    {
        if (destination.Length != Length)
        {
            throw new ArgumentException(
                $"The destination holds {destination.Length} values; it must hold 3 × {Settings.Height} × {Settings.Width} = "
                + $"{Length}.",
                nameof(destination));
        }
    }

    private static void SwapRedAndBlue(Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i += PixelBuffer.BytesPerPixel)
        {
            (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        }
    }

    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; from < rgba.Length; from += PixelBuffer.BytesPerPixel, to += 3)
        {
            rgba.Slice(from, 3).CopyTo(rgb[to..]);
        }
    }
}
