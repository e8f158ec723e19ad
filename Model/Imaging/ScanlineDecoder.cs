using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT;

/// <summary>
/// Decodes images row after row, of a JPEG only the blocks that are asked for, to the bytes that decoding the whole image gives.
/// </summary>
/// <remarks>
/// libjpeg-turbo has to read all of the entropy-coded data, but transforms and colours only the blocks that are asked for:
/// a 12-megapixel photo took two thirds of the time for the middle that a centre crop of 256 out of 288 keeps. An image that is
/// cut off is noticed wherever it ends.
/// </remarks>
internal readonly unsafe ref struct ScanlineDecoder(SKCodec codec, PixelRegion region, int height)
{
    // The decoder takes the columns at the edges of what it is asked for as the image's own when it interpolates colours, so it
    // is asked for a little more: for whole blocks, which it has to transform anyway.
    private const int Margin = 2;
    private const int Block = 16;

    // SkiaSharp's own method hands over the address of a local variable as the region. Skia keeps the address and looks there
    // again when an image turns out to be cut off, which crashed the process. So the C function behind it is called here, with
    // a variable that outlives the decoding. Its layouts belong to a version; with another one, whole images are decoded.
    private static readonly delegate* unmanaged[Cdecl]<nint, NativeImageInfo*, NativeCodecOptions*, SKCodecResult> StartScanlineDecode =
        typeof(SKCodec).Assembly.GetName().Version is { Major: 2, Minor: 88 }
        && NativeLibrary.TryLoad("libSkiaSharp", typeof(SKCodec).Assembly, searchPath: null, out nint library)
        && NativeLibrary.TryGetExport(library, "sk_codec_start_scanline_decode", out nint function)
            ? (delegate* unmanaged[Cdecl]<nint, NativeImageInfo*, NativeCodecOptions*, SKCodecResult>)function
            : null;

    /// <summary>What is decoded.</summary>
    public PixelRegion Region { get; } = region;

    /// <summary>The smallest region around a given one that can be decoded; null if it has to be the whole image at once.</summary>
    public static PixelRegion? Around(PixelRegion region, SKCodec codec, in ImageContainer container)
    {
        int width = codec.Info.Width;
        if (!container.DecodedInRows)
        {
            return null;
        }

        if (StartScanlineDecode is null || codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
        {
            return region with { Left = 0, Width = width };
        }

        int left = Math.Max(region.Left - Margin, 0) / Block * Block;
        int right = Math.Min((region.Right + Margin + Block - 1) / Block * Block, width);
        return region with { Left = left, Width = right - left };
    }

    /// <summary>Begins to decode.</summary>
    /// <param name="codec">The image.</param>
    /// <param name="info">The format of the pixels, with the size of the whole image.</param>
    /// <param name="region">What <see cref="Around"/> returned.</param>
    /// <param name="columns">Memory for the decoder, which outlives it.</param>
    /// <param name="decoder">What gives the rows.</param>
    public static SKCodecResult Start(
        SKCodec codec, SKImageInfo info, PixelRegion region, SKRectI* columns, out ScanlineDecoder decoder)
    {
        decoder = new ScanlineDecoder(codec, region, info.Height);
        SKCodecResult result;
        if (region.Width == info.Width)
        {
            result = codec.StartScanlineDecode(info);
        }
        else
        {
            *columns = SKRectI.Create(region.Left, 0, region.Width, info.Height);
            var nativeInfo = new NativeImageInfo(info.Width, info.Height);
            var options = new NativeCodecOptions(columns);
            result = StartScanlineDecode(codec.Handle, &nativeInfo, &options);
        }

        return result == SKCodecResult.Success && !Skip(codec, region.Top) ? SKCodecResult.IncompleteInput : result;
    }

    /// <summary>Decodes the next rows of the region.</summary>
    /// <param name="pixels">Where they go, without gaps.</param>
    /// <param name="count">How many; no more than there are left.</param>
    /// <returns>Whether they were all there.</returns>
    public bool Read(byte* pixels, int count) => codec.GetScanlines((nint)pixels, count, Stride) == count;

    /// <summary>
    /// Whether the image goes on to its last row. Skipping rows does not tell whether they are there; decoding one does.
    /// </summary>
    /// <param name="row">Memory for one row of the region.</param>
    public bool ReachesEnd(byte* row)
    {
        int rest = height - Region.Bottom;
        return rest == 0 || (Skip(codec, rest - 1) && Read(row, 1));
    }

    private int Stride => Region.Width * PixelBuffer.BytesPerPixel;

    private static bool Skip(SKCodec codec, int rows) => rows == 0 || codec.SkipScanlines(rows);

    /// <summary>Skia's <c>sk_imageinfo_t</c>, for unpremultiplied RGBA of 8 bits without a colour space.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct NativeImageInfo(int width, int height)
    {
        private const int Rgba8888 = 4;
        private const int Unpremultiplied = 3;

        private readonly nint _colorSpace = 0;
        private readonly int _width = width;
        private readonly int _height = height;
        private readonly int _colorType = Rgba8888;
        private readonly int _alphaType = Unpremultiplied;
    }

    /// <summary>Skia's <c>sk_codec_options_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct NativeCodecOptions(SKRectI* subset)
    {
        private const int NotZeroInitialized = 1;
        private const int None = -1;

        private readonly int _zeroInitialized = NotZeroInitialized;
        private readonly SKRectI* _subset = subset;
        private readonly int _frameIndex = 0;
        private readonly int _priorFrame = None;
    }
}
