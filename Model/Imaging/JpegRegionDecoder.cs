using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT;

/// <summary>Decodes a part of a JPEG image to the bytes that decoding the whole image gives there.</summary>
/// <remarks>
/// libjpeg-turbo has to read all of the entropy-coded data, but transforms and colours only the blocks that are asked for:
/// a 12-megapixel photo took two thirds of the time for the middle that a centre crop of 256 out of 288 keeps. An image that is
/// cut off is noticed wherever it ends.
/// </remarks>
internal static unsafe class JpegRegionDecoder
{
    // The decoder takes the columns at the edges of what it is asked for as the image's own when it interpolates colours, so it
    // is asked for a little more: for whole blocks, which it has to transform anyway.
    private const int Margin = 2;
    private const int Block = 16;

    private const byte Mark = 0xFF;
    private const byte BaselineFrame = 0xC0;
    private const byte ExtendedFrame = 0xC1;
    private const byte ProgressiveFrame = 0xC2;
    private const byte StartOfScan = 0xDA;

    // SkiaSharp's own method hands over the address of a local variable as the region. Skia keeps the address and looks there
    // again when an image turns out to be cut off, which crashed the process. So the C function behind it is called here, with
    // a variable that outlives the decoding. Its layouts belong to a version; with another one, whole images are decoded.
    private static readonly delegate* unmanaged<nint, NativeImageInfo*, NativeCodecOptions*, SKCodecResult> StartScanlineDecode =
        typeof(SKCodec).Assembly.GetName().Version is { Major: 2, Minor: 88 }
        && NativeLibrary.TryLoad("libSkiaSharp", typeof(SKCodec).Assembly, searchPath: null, out nint library)
        && NativeLibrary.TryGetExport(library, "sk_codec_start_scanline_decode", out nint function)
            ? (delegate* unmanaged<nint, NativeImageInfo*, NativeCodecOptions*, SKCodecResult>)function
            : null;

    /// <summary>The smallest region around a given one that can be decoded, or null if it has to be the whole image.</summary>
    public static PixelRegion? Around(PixelRegion region, SKCodec codec, ReadOnlySpan<byte> encoded)
    {
        if (StartScanlineDecode is null || codec.EncodedFormat != SKEncodedImageFormat.Jpeg || !IsSequential(encoded))
        {
            return null;
        }

        int left = Math.Max(region.Left - Margin, 0) / Block * Block;
        int right = Math.Min((region.Right + Margin + Block - 1) / Block * Block, codec.Info.Width);
        bool isWhole = left == 0 && right == codec.Info.Width && region.Height == codec.Info.Height;
        return isWhole ? null : region with { Left = left, Width = right - left };
    }

    /// <summary>Decodes a region that <see cref="Around"/> returned.</summary>
    /// <param name="codec">The image.</param>
    /// <param name="info">The format of the pixels, with the size of the whole image.</param>
    /// <param name="image">Receives the pixels of its region.</param>
    public static SKCodecResult Decode(SKCodec codec, SKImageInfo info, in PixelBuffer image)
    {
        PixelRegion region = image.Region;
        var columns = SKRectI.Create(region.Left, 0, region.Width, info.Height);
        var nativeInfo = new NativeImageInfo(info.Width, info.Height);
        var options = new NativeCodecOptions(&columns);
        SKCodecResult result = StartScanlineDecode(codec.Handle, &nativeInfo, &options);
        if (result != SKCodecResult.Success)
        {
            return result;
        }

        int stride = region.Width * PixelBuffer.BytesPerPixel;
        fixed (byte* pixels = image.Bytes)
        {
            bool isComplete = Skip(codec, region.Top)
                && codec.GetScanlines((nint)pixels, region.Height, stride) == region.Height
                && ReachesEnd(codec, image.Pool, info.Height - region.Bottom, stride);
            return isComplete ? SKCodecResult.Success : SKCodecResult.IncompleteInput;
        }
    }

    /// <summary>
    /// Whether an image is not a progressive one. Where a progressive image lacks its last scans, the decoder guesses them from
    /// the neighbours of each block, and would miss those beyond the region.
    /// </summary>
    private static bool IsSequential(ReadOnlySpan<byte> jpeg)
    {
        // Segments (ITU-T T.81, annex B): 0xFF, a code, and, but for the first, a length that counts itself.
        const int LengthBytes = 2;
        int position = LengthBytes;
        while (position + 1 + LengthBytes < jpeg.Length && jpeg[position] == Mark)
        {
            byte code = jpeg[position + 1];
            if (code is BaselineFrame or ExtendedFrame)
            {
                return true;
            }

            if (code == Mark)
            {
                position++;
                continue;
            }

            if (code is ProgressiveFrame or StartOfScan)
            {
                return false;
            }

            position += LengthBytes + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(position + LengthBytes)..]);
        }

        return false;
    }

    private static bool Skip(SKCodec codec, int rows) => rows == 0 || codec.SkipScanlines(rows);

    /// <summary>Skipping rows does not tell whether they are there; the last row does.</summary>
    private static bool ReachesEnd(SKCodec codec, ArrayPool<byte> pool, int rows, int stride)
    {
        if (rows == 0)
        {
            return true;
        }

        byte[] last = pool.Rent(stride);
        try
        {
            fixed (byte* row = last)
            {
                return Skip(codec, rows - 1) && codec.GetScanlines((nint)row, 1, stride) == 1;
            }
        }
        finally
        {
            pool.Return(last);
        }
    }

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
