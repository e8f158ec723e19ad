using System.Buffers;
using SkiaSharp;

namespace MlNetMobileViT;

/// <summary>Decodes encoded images to the same bytes as PIL's <c>Image.open(…).convert("RGB")</c>.</summary>
/// <remarks>
/// SkiaSharp 2.88.9, decoding to unpremultiplied 8-bit RGBA without a colour space, was found to agree with PIL to the last bit:
/// baseline and progressive JPEG, grey, CMYK, PNG with palette, 1 and 16 bits (the upper byte) and alpha (colour kept, alpha
/// dropped), the first frame of a GIF, WebP, BMP. It has no TIFF. JPEG's scaled decoding is faster but not the same image.
/// </remarks>
internal static unsafe class ImageDecoder
{
    /// <summary>Decodes an image, or what its crop takes of it.</summary>
    /// <param name="pool">Where the memory for the pixels comes from.</param>
    /// <param name="encoded">The file's content.</param>
    /// <param name="name">What to call the image in errors.</param>
    /// <param name="options">The limit, and whether to report the EXIF orientation.</param>
    /// <param name="settings">How the image will be resized and cropped.</param>
    /// <param name="orientation">How the pixels are to be turned; they are returned as they are stored.</param>
    /// <param name="plan">The plan for the upright image.</param>
    /// <returns>The pixels, for the caller to dispose of.</returns>
    /// <exception cref="InvalidDataException">The content is not an image, or broken, or too large.</exception>
    public static PixelBuffer Decode(
        ArrayPool<byte> pool,
        ReadOnlySpan<byte> encoded,
        string name,
        ImageDecodingOptions options,
        ImagePreprocessing settings,
        out ImageOrientation orientation,
        out CropPlan plan)
    {
        fixed (byte* bytes = encoded)
        {
            // No copy: the data and the codec only live as long as the bytes are fixed.
            using SKData data = SKData.Create((nint)bytes, encoded.Length);
            using SKCodec codec = SKCodec.Create(data)
                ?? throw new InvalidDataException($"'{name}' cannot be read as an image: {ImageSignature.Explain(encoded)}.");
            int width = codec.Info.Width;
            int height = codec.Info.Height;
            if ((long)width * height > options.MaxPixels)
            {
                throw new InvalidDataException(
                    $"'{name}' declares {width}×{height} pixels, more than the {options.MaxPixels} that are accepted; "
                    + $"scale it down, or raise {nameof(ImageDecodingOptions)}.{nameof(ImageDecodingOptions.MaxPixels)}.");
            }

            orientation = options.ApplyExifOrientation
                ? ImageOrientation.FromExif((int)codec.EncodedOrigin)
                : ImageOrientation.Upright;
            plan = CropPlan.Create(settings, orientation, width, height);
            PixelRegion needed = Resampler.Inputs(orientation, plan, settings.Interpolation);
            return GetPixels(pool, codec, JpegRegionDecoder.Around(needed, codec, encoded), name);
        }
    }

    private static PixelBuffer GetPixels(ArrayPool<byte> pool, SKCodec codec, PixelRegion? region, string name)
    {
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var image = new PixelBuffer(pool, region ?? new PixelRegion(0, 0, info.Width, info.Height));
        try
        {
            SKCodecResult result = region is null ? GetAllPixels(codec, info, image) : JpegRegionDecoder.Decode(codec, info, image);
            return result == SKCodecResult.Success
                ? image
                : throw new InvalidDataException(
                    $"'{name}' cannot be read as an image: {Explain(result)}; get the file again from where it came from.");
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private static SKCodecResult GetAllPixels(SKCodec codec, SKImageInfo info, in PixelBuffer image)
    {
        fixed (byte* pixels = image.Bytes)
        {
            return codec.GetPixels(info, (nint)pixels);
        }
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "it is cut off before its end",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "its content is cut off or damaged",
        _ => $"the decoder reports {result}",
    };
}
