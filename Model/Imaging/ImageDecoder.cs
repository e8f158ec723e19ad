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
    /// <summary>Decodes what a crop takes of an image, and makes the crop.</summary>
    /// <param name="pool">Where the memory for the pixels comes from.</param>
    /// <param name="encoded">The file's content.</param>
    /// <param name="name">What to call the image in errors.</param>
    /// <param name="options">The limit, and whether to apply the EXIF orientation.</param>
    /// <param name="settings">How an upright image of a width and a height is resized and cropped.</param>
    /// <param name="enough">
    /// The longer side in pixels that is enough, if the decoder can save time by making the image smaller; 0 for exact pixels.
    /// </param>
    /// <returns>The crop, for the caller to dispose of.</returns>
    /// <exception cref="InvalidDataException">The content is not an image, or broken, or too large.</exception>
    public static PixelBuffer Crop(
        ArrayPool<byte> pool,
        ReadOnlySpan<byte> encoded,
        string name,
        ImageDecodingOptions options,
        Func<int, int, ImagePreprocessing> settings,
        int enough = 0)
    {
        var container = new ImageContainer(encoded);
        byte[]? copy = null;
        try
        {
            ReadOnlySpan<byte> data = encoded;
            if (container.CopyLength > 0)
            {
                copy = pool.Rent(container.CopyLength);
                container.CopyTo(encoded, copy.AsSpan(0, container.CopyLength));
                data = copy.AsSpan(0, container.CopyLength);
            }

            fixed (byte* bytes = data)
            {
                // No copy: the data and the codec only live as long as the bytes are fixed.
                using SKData content = SKData.Create((nint)bytes, data.Length);
                using SKCodec codec = SKCodec.Create(content)
                    ?? throw new InvalidDataException($"'{name}' cannot be read as an image: {ImageSignature.Explain(encoded)}.");
                return Crop(pool, codec, container, name, options, settings, enough);
            }
        }
        finally
        {
            if (copy is not null)
            {
                pool.Return(copy);
            }
        }
    }

    private static PixelBuffer Crop(
        ArrayPool<byte> pool,
        SKCodec codec,
        scoped in ImageContainer container,
        string name,
        ImageDecodingOptions options,
        Func<int, int, ImagePreprocessing> settingsOf,
        int enough)
    {
        int width = codec.Info.Width;
        int height = codec.Info.Height;
        long pixels = (long)width * height;
        if (pixels > options.MaxPixels)
        {
            throw new InvalidDataException(
                $"'{name}' declares {width}×{height} pixels, more than the {options.MaxPixels} that are accepted; "
                + $"scale it down, or raise {nameof(ImageDecodingOptions)}.{nameof(ImageDecodingOptions.MaxPixels)} (--max-pixels).");
        }

        ThrowIfDamaged(name, container.Damage);
        SKSizeI size = codec.Info.Size;
        if (enough > 0 && enough < Math.Max(width, height))
        {
            size = codec.GetScaledDimensions((float)enough / Math.Max(width, height));
        }

        ImageOrientation orientation = options.ApplyExifOrientation
            ? ExifOrientation.Read(container.Exif)
            : ImageOrientation.Upright;
        ImagePreprocessing settings = orientation.Transposed ? settingsOf(height, width) : settingsOf(width, height);
        var plan = CropPlan.Create(settings, orientation, size.Width, size.Height);
        PixelRegion? inRows = size == codec.Info.Size
            ? ScanlineDecoder.Around(Resampler.Inputs(orientation, plan, settings.Interpolation), codec, container)
            : null;
        PixelRegion region = inRows ?? new PixelRegion(0, 0, size.Width, size.Height);
        long banded = inRows is null ? -1 : Resampler.BandedBytes(region, orientation, plan, settings.Interpolation);
        long bytes = container.CopyLength + (banded >= 0
            ? banded
            : ((long)region.Width * region.Height * PixelBuffer.BytesPerPixel) + (long)(pixels * container.DecoderBytesPerPixel));
        MemoryBudget.Shared.Take(bytes, name, width, height);
        PixelBuffer crop = default;
        try
        {
            crop = new PixelBuffer(pool, settings.Width, settings.Height);
            var decoding = new Decoding(codec, size, container, region, orientation, plan, settings.Interpolation);
            SKCodecResult result = inRows is null ? decoding.Whole(crop)
                : banded >= 0 ? decoding.InBands(crop)
                : decoding.InRows(crop);
            ThrowIfDamaged(name, Explain(result));
            return crop;
        }
        catch (OutOfMemoryException)
        {
            crop.Dispose();
            throw MemoryBudget.OutOfMemory(bytes, name, width, height);
        }
        catch
        {
            crop.Dispose();
            throw;
        }
        finally
        {
            MemoryBudget.Shared.Return(bytes);
        }
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

    /// <summary>The three ways from a codec to a crop, by what they hold of the image at once.</summary>
    private readonly ref struct Decoding(
        SKCodec codec,
        SKSizeI size,
        ImageContainer container,
        PixelRegion region,
        ImageOrientation orientation,
        CropPlan plan,
        ImageInterpolation interpolation)
    {
        private readonly SKCodec _codec = codec;
        private readonly ImageContainer _container = container;
        private readonly PixelRegion _region = region;
        private readonly ImageOrientation _orientation = orientation;
        private readonly CropPlan _plan = plan;
        private readonly ImageInterpolation _interpolation = interpolation;
        private readonly SKImageInfo _info = new(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);

        /// <summary>A few rows.</summary>
        public SKCodecResult InBands(in PixelBuffer crop)
        {
            SKRectI columns;
            SKCodecResult result = ScanlineDecoder.Start(_codec, _info, _region, &columns, out ScanlineDecoder rows);
            return result == SKCodecResult.Success
                && !Resampler.Resample(rows, _orientation, _plan, _interpolation, crop.Pool, crop.Bytes)
                    ? SKCodecResult.IncompleteInput
                    : result;
        }

        /// <summary>The region.</summary>
        public SKCodecResult InRows(in PixelBuffer crop)
        {
            SKRectI columns;
            SKCodecResult result = ScanlineDecoder.Start(_codec, _info, _region, &columns, out ScanlineDecoder rows);
            if (result != SKCodecResult.Success)
            {
                return result;
            }

            using var image = new PixelBuffer(crop.Pool, _region);
            using var last = new PixelBuffer(crop.Pool, _region.Width, 1);
            fixed (byte* pixels = image.Bytes)
            fixed (byte* row = last.Bytes)
            {
                if (!rows.Read(pixels, _region.Height) || !rows.ReachesEnd(row))
                {
                    return SKCodecResult.IncompleteInput;
                }
            }

            Resampler.Resample(image, _orientation, _plan, _interpolation, crop.Bytes);
            return result;
        }

        /// <summary>Everything.</summary>
        public SKCodecResult Whole(in PixelBuffer crop)
        {
            using var image = new PixelBuffer(crop.Pool, _region);
            SKCodecResult result;
            fixed (byte* pixels = image.Bytes)
            {
                result = _codec.GetPixels(_info, (nint)pixels);
            }

            if (result == SKCodecResult.Success)
            {
                _container.Complete(MemoryMarshal.Cast<byte, uint>(image.Bytes), _region.Width);
                Resampler.Resample(image, _orientation, _plan, _interpolation, crop.Bytes);
            }

            return result;
        }
    }
}
