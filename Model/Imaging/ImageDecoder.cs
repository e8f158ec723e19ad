using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT;

/// <summary>
/// Turns encoded images into crops of the same bytes as PIL's: <c>Image.open(…)</c>, <c>exif_transpose</c>, <c>convert("RGB")</c>,
/// <c>resize</c> and <c>crop</c>.
/// </summary>
/// <remarks>
/// SkiaSharp 2.88.9, decoding to unpremultiplied 8-bit RGBA without a colour space, was found to agree with PIL to the last bit:
/// baseline and progressive JPEG, grey, CMYK, PNG with palette, 1 and 16 bits (the upper byte) and alpha (colour kept, alpha
/// dropped), the first frame of a GIF, WebP, BMP. It has no TIFF. JPEG's scaled decoding is faster but not the same image.
/// </remarks>
internal static unsafe class ImageDecoder
{
    /// <summary>Decodes what a crop takes of an image file, and makes the crop.</summary>
    /// <param name="pool">Where the memory for the pixels comes from.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit, and whether to apply the EXIF orientation.</param>
    /// <param name="settings">How an upright image of a width and a height is resized and cropped.</param>
    /// <param name="geometry">Where the crop lies in the image, in pixels of the size that it was decoded to.</param>
    /// <param name="enough">
    /// For people to look at: the longer side in pixels that is enough, if the decoder can save time by making the image smaller.
    /// What is transparent is then white. 0 for the exact pixels that a model is to see.
    /// </param>
    /// <returns>The crop, for the caller to dispose of.</returns>
    /// <exception cref="InvalidDataException">The content is not an image, or broken, or too large.</exception>
    public static PixelBuffer Crop(
        ArrayPool<byte> pool,
        string path,
        ImageDecodingOptions options,
        Func<int, int, ImagePreprocessing> settings,
        out ImageGeometry geometry,
        int enough = 0)
    {
        var task = new CropTask(pool, path, options, settings, enough);
        PictureMemory picture = default;
        while (true)
        {
            using var file = new EncodedFile(pool, path, picture);
            if (TryCrop(task, file.Bytes, file.Held, file.HeldForPicture, out picture, out geometry, out PixelBuffer crop))
            {
                return crop;
            }
        }
    }

    /// <summary>Decodes what a crop takes of an encoded image, and makes the crop.</summary>
    /// <param name="pool">Where the memory for the pixels comes from.</param>
    /// <param name="encoded">The file's content.</param>
    /// <param name="name">What to call the image in errors.</param>
    /// <param name="options">The limit, and whether to apply the EXIF orientation.</param>
    /// <param name="settings">How an upright image of a width and a height is resized and cropped.</param>
    /// <param name="geometry">Where the crop lies in the image.</param>
    /// <inheritdoc cref="Crop(ArrayPool{byte}, string, ImageDecodingOptions, Func{int, int, ImagePreprocessing}, out ImageGeometry, int)" path="/returns"/>
    public static PixelBuffer Crop(
        ArrayPool<byte> pool,
        ReadOnlySpan<byte> encoded,
        string name,
        ImageDecodingOptions options,
        Func<int, int, ImagePreprocessing> settings,
        out ImageGeometry geometry)
    {
        // What waits for its memory cannot fail to get it.
        var task = new CropTask(pool, name, options, settings, Enough: 0);
        TryCrop(task, encoded, held: 0, heldForPicture: 0, out _, out geometry, out PixelBuffer crop);
        return crop;
    }

    /// <summary>
    /// Makes the crop, unless its memory would have to be waited for with a file in hand that others may be waiting for.
    /// </summary>
    private static bool TryCrop(
        scoped in CropTask task,
        ReadOnlySpan<byte> encoded,
        long held,
        long heldForPicture,
        out PictureMemory picture,
        out ImageGeometry geometry,
        out PixelBuffer crop)
    {
        var container = new ImageContainer(encoded, keepsTransparency: task.Enough > 0);
        byte[]? icon = null;
        ReadOnlySpan<byte> data = encoded;
        if (container.IconLength > 0)
        {
            // Before its memory is taken, as its size is read from it; it is as small as icons are.
            icon = task.Pool.Rent(container.IconLength);
            container.CopyIconTo(encoded, icon.AsSpan(0, container.IconLength));
            data = icon.AsSpan(0, container.IconLength);
        }

        try
        {
            return TryCrop(task, data, container, held, heldForPicture, out picture, out geometry, out crop);
        }
        finally
        {
            if (icon is not null)
            {
                task.Pool.Return(icon);
            }
        }
    }

    private static bool TryCrop(
        scoped in CropTask task,
        ReadOnlySpan<byte> encoded,
        scoped in ImageContainer container,
        long held,
        long heldForPicture,
        out PictureMemory picture,
        out ImageGeometry geometry,
        out PixelBuffer crop)
    {
        fixed (byte* bytes = encoded)
        {
            // No copy: the data and the codec only live as long as the bytes are fixed.
            using SKData content = SKData.Create((nint)bytes, encoded.Length);
            using SKCodec codec = Open(content, encoded, task.Name);
            Decoding decoding = Plan(task, codec, container, out picture);
            geometry = decoding.Geometry;
            long besides = Math.Max(picture.Bytes - heldForPicture, 0);
            if (held == 0)
            {
                MemoryBudget.Shared.Take(length: 0, picture, task.Name);
            }
            else if (!MemoryBudget.Shared.TryTakeBesides(held, picture with { Bytes = besides }, task.Name))
            {
                crop = default;
                return false;
            }

            try
            {
                crop = container.CopyLength > 0
                    ? CropCopy(task.Pool, encoded, task.Name, decoding)
                    : decoding.Crop(task.Pool, task.Name);
                return true;
            }
            catch (OutOfMemoryException)
            {
                throw MemoryBudget.OutOfMemory(picture.Bytes, task.Name, picture.Width, picture.Height);
            }
            finally
            {
                MemoryBudget.Shared.Return(besides);
            }
        }
    }

    /// <summary>Makes the crop from the copy that the decoder has to be given.</summary>
    private static PixelBuffer CropCopy(ArrayPool<byte> pool, ReadOnlySpan<byte> encoded, string name, scoped in Decoding decoding)
    {
        int length = decoding.Container.CopyLength;
        byte[] copy = pool.Rent(length);
        try
        {
            decoding.Container.CopyTo(encoded, copy.AsSpan(0, length));
            fixed (byte* bytes = copy)
            {
                using SKData content = SKData.Create((nint)bytes, length);
                using SKCodec codec = Open(content, encoded, name);
                return (decoding with { Codec = codec }).Crop(pool, name);
            }
        }
        finally
        {
            pool.Return(copy);
        }
    }

    private static SKCodec Open(SKData content, ReadOnlySpan<byte> encoded, string name) => SKCodec.Create(content)
        ?? throw new InvalidDataException($"'{name}' cannot be read as an image: {ImageSignature.Explain(encoded)}.");

    /// <summary>Finds out how to decode an image, and what memory that takes.</summary>
    private static Decoding Plan(
        scoped in CropTask task, SKCodec codec, scoped in ImageContainer container, out PictureMemory picture)
    {
        int width = codec.Info.Width;
        int height = codec.Info.Height;
        long pixels = (long)width * height;
        if (pixels > task.Options.MaxPixels)
        {
            throw new InvalidDataException(
                $"'{task.Name}' declares {width}×{height} pixels, more than the {task.Options.MaxPixels} that are accepted; "
                + $"scale it down, or raise {nameof(ImageDecodingOptions)}.{nameof(ImageDecodingOptions.MaxPixels)} (--max-pixels).");
        }

        ThrowIfDamaged(task.Name, container.Damage);
        SKSizeI size = codec.Info.Size;
        if (task.Enough > 0 && task.Enough < Math.Max(width, height))
        {
            size = Enough(codec, task.Enough);
        }

        ImageOrientation orientation = task.Options.ApplyExifOrientation
            ? ExifOrientation.Read(container.Exif)
            : ImageOrientation.Upright;
        ImagePreprocessing settings = orientation.Transposed ? task.Settings(height, width) : task.Settings(width, height);
        var plan = CropPlan.Create(settings, orientation, size.Width, size.Height);
        PixelRegion? inRows = size == codec.Info.Size
            ? ScanlineDecoder.Around(Resampler.Inputs(orientation, plan, settings.Interpolation), codec, container)
            : null;
        PixelRegion region = inRows ?? new PixelRegion(0, 0, size.Width, size.Height);
        long banded = inRows is null ? -1 : Resampler.BandedBytes(region, orientation, plan, settings.Interpolation);
        long bytes = container.CopyLength + (banded >= 0
            ? banded
            : ((long)region.Width * region.Height * PixelBuffer.BytesPerPixel) + (long)(pixels * container.DecoderBytesPerPixel));
        picture = new PictureMemory(bytes, width, height);
        return new Decoding(codec, size, container, region, orientation, plan, settings, inRows is not null, banded >= 0);
    }

    /// <summary>The smallest size that the decoder offers and that is enough.</summary>
    private static SKSizeI Enough(SKCodec codec, int side)
    {
        // The decoder of JPEG takes the nearest eighth, which may be too small by half of one.
        const float Step = 1f / 8;
        float scale = (float)side / Math.Max(codec.Info.Width, codec.Info.Height);
        SKSizeI size;
        do
        {
            size = codec.GetScaledDimensions(Math.Min(scale, 1));
            scale += Step;
        }
        while (Math.Max(size.Width, size.Height) < side);
        return size;
    }

    private static void ThrowIfDamaged(string name, string? damage)
    {
        if (damage is not null)
        {
            throw new InvalidDataException(
                $"'{name}' cannot be read as an image: {damage}; get the file again from where it came from.");
        }
    }

    private static string? Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.Success => null,
        SKCodecResult.IncompleteInput => "it is cut off before its end",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "its content is cut off or damaged",
        _ => $"the decoder reports {result}",
    };

    private static void ShowOnWhite(Span<byte> rgba)
    {
        for (int i = 0; i < rgba.Length; i += PixelBuffer.BytesPerPixel)
        {
            int alpha = rgba[i + 3];
            if (alpha == byte.MaxValue)
            {
                continue;
            }

            for (int channel = i; channel < i + 3; channel++)
            {
                int shown = (rgba[channel] * alpha) + (byte.MaxValue * (byte.MaxValue - alpha));
                rgba[channel] = (byte)((shown + (byte.MaxValue / 2)) / byte.MaxValue);
            }

            rgba[i + 3] = byte.MaxValue;
        }
    }

    /// <summary>What is asked for, as the parameters of <c>Crop</c> say.</summary>
    private readonly record struct CropTask(
        ArrayPool<byte> Pool, string Name, ImageDecodingOptions Options, Func<int, int, ImagePreprocessing> Settings, int Enough);

    /// <summary>The three ways from a codec to a crop, by what they hold of the image at once.</summary>
    private readonly ref struct Decoding(
        SKCodec codec,
        SKSizeI size,
        ImageContainer container,
        PixelRegion region,
        ImageOrientation orientation,
        CropPlan plan,
        ImagePreprocessing settings,
        bool isInRows,
        bool isInBands)
    {
        private readonly SKImageInfo _info = new(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);

        /// <summary>What decodes; another one may take the place of the one that was planned with.</summary>
        public SKCodec Codec { get; init; } = codec;

        /// <summary>What the file says around its pixels.</summary>
        public ImageContainer Container { get; } = container;

        /// <summary>Where the crop lies in the image.</summary>
        public ImageGeometry Geometry => new(orientation, plan);

        private ImageInterpolation Interpolation => settings.Interpolation;

        /// <summary>Decodes the image and makes the crop.</summary>
        public PixelBuffer Crop(ArrayPool<byte> pool, string name)
        {
            var crop = new PixelBuffer(pool, settings.Width, settings.Height);
            try
            {
                SKCodecResult result = !isInRows ? Whole(crop) : isInBands ? InBands(crop) : InRows(crop);
                ThrowIfDamaged(name, Explain(result));
                return crop;
            }
            catch
            {
                crop.Dispose();
                throw;
            }
        }

        /// <summary>A few rows.</summary>
        private SKCodecResult InBands(in PixelBuffer crop)
        {
            SKRectI columns;
            SKCodecResult result = ScanlineDecoder.Start(Codec, _info, region, &columns, out ScanlineDecoder rows);
            return result == SKCodecResult.Success
                && !Resampler.Resample(rows, orientation, plan, Interpolation, crop.Pool, crop.Bytes)
                    ? SKCodecResult.IncompleteInput
                    : result;
        }

        /// <summary>The region.</summary>
        private SKCodecResult InRows(in PixelBuffer crop)
        {
            SKRectI columns;
            SKCodecResult result = ScanlineDecoder.Start(Codec, _info, region, &columns, out ScanlineDecoder rows);
            if (result != SKCodecResult.Success)
            {
                return result;
            }

            using var image = new PixelBuffer(crop.Pool, region);
            using var last = new PixelBuffer(crop.Pool, region.Width, 1);
            fixed (byte* pixels = image.Bytes)
            fixed (byte* row = last.Bytes)
            {
                if (!rows.Read(pixels, region.Height) || !rows.ReachesEnd(row))
                {
                    return SKCodecResult.IncompleteInput;
                }
            }

            Resampler.Resample(image, orientation, plan, Interpolation, crop.Bytes);
            return result;
        }

        /// <summary>Everything.</summary>
        private SKCodecResult Whole(in PixelBuffer crop)
        {
            using var image = new PixelBuffer(crop.Pool, region);
            SKCodecResult result;
            fixed (byte* pixels = image.Bytes)
            {
                result = Codec.GetPixels(_info, (nint)pixels);
            }

            if (result == SKCodecResult.Success)
            {
                Container.Complete(MemoryMarshal.Cast<byte, uint>(image.Bytes), region.Width);
                if (Container.KeepsTransparency)
                {
                    // Before pixels are mixed: the colours of transparent ones must not show in their neighbours.
                    ShowOnWhite(image.Bytes);
                }

                Resampler.Resample(image, orientation, plan, Interpolation, crop.Bytes);
            }

            return result;
        }
    }
}
