using System.Buffers;
using System.Runtime.InteropServices;

namespace MlNetMobileViT;

/// <summary>PIL's antialiased <c>Image.resize</c>, bit by bit, for the part of the result that a crop keeps.</summary>
/// <remarks>
/// The algorithm of Pillow's <c>src/libImaging/Resample.c</c> for 8-bit channels: a pass along the rows, then one along the
/// columns, each with fixed-point coefficients and rounding to 8 bits. Only inputs and outputs that reach the crop are touched.
/// An image that is stored turned or mirrored is not turned first: the tables are mirrored and the passes run along the
/// stored axes, which gives the same sums. (Since 2026 Pillow starts with the columns where an image is more than 100 times as
/// high as wide, see python-pillow/Pillow#9524. The published models are older, and so is the order here.)
/// </remarks>
internal static unsafe class Resampler
{
    // Bounds for extreme images, such as one row of a hundred million pixels: the work is then done in several blocks.
    private const long MaxTableCoefficients = 1 << 16;
    private const long MaxIntermediatePixels = 1 << 22;

    // What a processor's second cache holds beside the rest.
    private const int BandBytes = 1 << 18;

    /// <summary>Resizes an image and cuts out the crop, with the fastest kernel that the processor has.</summary>
    /// <param name="image">The image as it is stored, or at least the region of <see cref="Inputs"/>.</param>
    /// <param name="orientation">How it is stored.</param>
    /// <param name="plan">The plan for the upright image.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="crop">Receives the crop, upright, 4 bytes a pixel.</param>
    public static void Resample(
        in PixelBuffer image, ImageOrientation orientation, in CropPlan plan, ImageInterpolation interpolation, Span<byte> crop)
    {
        if (Avx2ResamplingKernel.IsSupported)
        {
            Resample<Avx2ResamplingKernel>(image, orientation, plan, interpolation, crop);
        }
        else if (Vector128ResamplingKernel.IsSupported)
        {
            Resample<Vector128ResamplingKernel>(image, orientation, plan, interpolation, crop);
        }
        else
        {
            Resample<ScalarResamplingKernel>(image, orientation, plan, interpolation, crop);
        }
    }

    /// <summary>Resizes an image of which a few rows are decoded at a time, and cuts out the crop.</summary>
    /// <param name="rows">What decodes them.</param>
    /// <param name="orientation">How the image is stored; not <see cref="ImageOrientation.Transposed"/>.</param>
    /// <param name="plan">The plan for the upright image.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="pool">Where the memory for the rows comes from.</param>
    /// <param name="crop">Receives the crop, upright, 4 bytes a pixel.</param>
    /// <returns>Whether all rows of the image were there.</returns>
    public static bool Resample(
        in ScanlineDecoder rows,
        ImageOrientation orientation,
        in CropPlan plan,
        ImageInterpolation interpolation,
        ArrayPool<byte> pool,
        Span<byte> crop) =>
        Avx2ResamplingKernel.IsSupported ? InBands<Avx2ResamplingKernel>(rows, orientation, plan, interpolation, pool, crop)
            : Vector128ResamplingKernel.IsSupported ? InBands<Vector128ResamplingKernel>(rows, orientation, plan, interpolation, pool, crop)
            : InBands<ScalarResamplingKernel>(rows, orientation, plan, interpolation, pool, crop);

    /// <summary>The bytes that resizing an image takes a few rows at a time, or -1 where it has to be the whole image.</summary>
    public static long BandedBytes(
        PixelRegion region, ImageOrientation orientation, in CropPlan plan, ImageInterpolation interpolation)
    {
        // The image's own columns come first where it is stored on its side, and they need all rows.
        int width = plan.Horizontal.Count;
        var (horizontal, _) = Windows(orientation, plan, interpolation);
        if (orientation.Transposed || BlockSize(width, horizontal.MaxTaps, region.Height) < width)
        {
            return -1;
        }

        return PixelBuffer.BytesPerPixel * (((long)width * region.Height) + ((long)region.Width * BandRows(region)));
    }

    /// <summary>The same with a kernel of the caller's choice.</summary>
    public static void Resample<TKernel>(
        in PixelBuffer image, ImageOrientation orientation, in CropPlan plan, ImageInterpolation interpolation, Span<byte> crop)
        where TKernel : struct, IResamplingKernel
    {
        var (horizontal, vertical) = Windows(orientation, plan, interpolation);
        if (!orientation.Transposed)
        {
            RowsFirst<TKernel>(image, horizontal, plan.Horizontal.Count, vertical, plan.Vertical.Count, crop);
            return;
        }

        // The rows of the upright image are the stored columns, so its first pass is the stored image's vertical one.
        using var turned = new PixelBuffer(image.Pool, plan.Vertical.Count, plan.Horizontal.Count);
        ColumnsFirst<TKernel>(image, horizontal, plan.Horizontal.Count, vertical, plan.Vertical.Count, turned.Bytes);
        Transpose(turned.Bytes, plan.Horizontal.Count, crop);
    }

    /// <summary>The pixels of the stored image that reach the crop.</summary>
    public static PixelRegion Inputs(ImageOrientation orientation, in CropPlan plan, ImageInterpolation interpolation)
    {
        var (horizontal, vertical) = Windows(orientation, plan, interpolation);
        var (left, right) = horizontal.Inputs(0, plan.Horizontal.Count);
        var (top, bottom) = vertical.Inputs(0, plan.Vertical.Count);
        return orientation.Transposed
            ? new PixelRegion(top, left, bottom - top, right - left)
            : new PixelRegion(left, top, right - left, bottom - top);
    }

    /// <summary>The windows along the upright image's rows and columns.</summary>
    private static (ResamplingWindow Horizontal, ResamplingWindow Vertical) Windows(
        ImageOrientation orientation, in CropPlan plan, ImageInterpolation interpolation)
    {
        bool transposed = orientation.Transposed;
        return (
            new(plan.Horizontal, interpolation, transposed ? orientation.MirroredY : orientation.MirroredX),
            new(plan.Vertical, interpolation, transposed ? orientation.MirroredX : orientation.MirroredY));
    }

    private static bool InBands<TKernel>(
        in ScanlineDecoder decoder,
        ImageOrientation orientation,
        in CropPlan plan,
        ImageInterpolation interpolation,
        ArrayPool<byte> pool,
        Span<byte> crop)
        where TKernel : struct, IResamplingKernel
    {
        PixelRegion region = decoder.Region;
        int width = plan.Horizontal.Count;
        nint sourceStride = (nint)region.Width * PixelBuffer.BytesPerPixel;
        nint stride = (nint)width * PixelBuffer.BytesPerPixel;
        var (horizontal, vertical) = Windows(orientation, plan, interpolation);
        using var band = new PixelBuffer(pool, region.Width, BandRows(region));
        using var intermediate = new PixelBuffer(pool, width, region.Height);
        fixed (byte* source = band.Bytes)
        fixed (byte* between = intermediate.Bytes)
        {
            using (var table = new ResamplingTable(horizontal, region.Left, region.Width, 0, width))
            {
                for (int y = 0; y < region.Height; y += band.Region.Height)
                {
                    int rows = Math.Min(band.Region.Height, region.Height - y);
                    if (!decoder.Read(source, rows))
                    {
                        return false;
                    }

                    AlongRows<TKernel>(table, source, sourceStride, between + (y * stride), stride, rows);
                }
            }

            AlongColumns<TKernel>(vertical, region.Top, intermediate, 0, plan.Vertical.Count, stride, crop);
            return decoder.ReachesEnd(source);
        }
    }

    private static int BandRows(PixelRegion region) =>
        Math.Clamp(BandBytes / (region.Width * PixelBuffer.BytesPerPixel), 1, region.Height);

    private static void RowsFirst<TKernel>(
        in PixelBuffer image, in ResamplingWindow alongX, int width, in ResamplingWindow alongY, int height, Span<byte> result)
        where TKernel : struct, IResamplingKernel
    {
        var (firstRow, endRow) = alongY.Inputs(0, height);
        int rows = endRow - firstRow;
        nint sourceStride = (nint)image.Region.Width * PixelBuffer.BytesPerPixel;
        int columnsPerBlock = BlockSize(width, alongX.MaxTaps, rows);
        for (int x = 0; x < width; x += columnsPerBlock)
        {
            int columns = Math.Min(columnsPerBlock, width - x);
            using var intermediate = new PixelBuffer(image.Pool, columns, rows);
            fixed (byte* source = image.Bytes)
            fixed (byte* between = intermediate.Bytes)
            {
                using var table = new ResamplingTable(alongX, image.Region.Left, image.Region.Width, x, columns);
                byte* firstSource = source + ((firstRow - image.Region.Top) * sourceStride);
                AlongRows<TKernel>(table, firstSource, sourceStride, between, (nint)columns * PixelBuffer.BytesPerPixel, rows);
            }

            AlongColumns<TKernel>(
                alongY, firstRow, intermediate, x, height, (nint)width * PixelBuffer.BytesPerPixel, result);
        }
    }

    private static void AlongRows<TKernel>(
        in ResamplingTable table, byte* source, nint sourceStride, byte* target, nint targetStride, int rows)
        where TKernel : struct, IResamplingKernel
    {
        for (int y = 0; y < rows; y++)
        {
            TKernel.Horizontal(table, source + (y * sourceStride), target + (y * targetStride));
        }
    }

    /// <summary>The second pass, for the columns from <paramref name="x"/> on that the first has made.</summary>
    private static void AlongColumns<TKernel>(
        in ResamplingWindow alongY, int firstRow, in PixelBuffer columns, int x, int height, nint stride, Span<byte> result)
        where TKernel : struct, IResamplingKernel
    {
        int length = columns.Region.Width * PixelBuffer.BytesPerPixel;
        int rowsPerBlock = BlockSize(height, alongY.MaxTaps, 0);
        fixed (byte* source = columns.Bytes)
        fixed (byte* target = result)
        {
            for (int y = 0; y < height; y += rowsPerBlock)
            {
                int outputs = Math.Min(rowsPerBlock, height - y);
                using var table = new ResamplingTable(alongY, firstRow, columns.Region.Height, y, outputs);
                for (int i = 0; i < outputs; i++)
                {
                    byte* row = target + ((y + i) * stride) + ((nint)x * PixelBuffer.BytesPerPixel);
                    TKernel.Vertical(table, i, source, length, row, length);
                }
            }
        }
    }

    private static void ColumnsFirst<TKernel>(
        in PixelBuffer image, in ResamplingWindow alongY, int height, in ResamplingWindow alongX, int width, Span<byte> result)
        where TKernel : struct, IResamplingKernel
    {
        var (firstColumn, endColumn) = alongX.Inputs(0, width);
        int columns = endColumn - firstColumn;
        int rowsPerBlock = BlockSize(height, alongY.MaxTaps, columns);
        int columnsPerBlock = BlockSize(width, alongX.MaxTaps, 0);
        nint stride = (nint)columns * PixelBuffer.BytesPerPixel;
        nint sourceStride = (nint)image.Region.Width * PixelBuffer.BytesPerPixel;
        using var intermediate = new PixelBuffer(image.Pool, columns, rowsPerBlock);
        fixed (byte* source = image.Bytes)
        fixed (byte* between = intermediate.Bytes)
        fixed (byte* target = result)
        {
            byte* firstSource = source + ((nint)(firstColumn - image.Region.Left) * PixelBuffer.BytesPerPixel);
            for (int y = 0; y < height; y += rowsPerBlock)
            {
                int outputs = Math.Min(rowsPerBlock, height - y);
                using (var table = new ResamplingTable(alongY, image.Region.Top, image.Region.Height, y, outputs))
                {
                    for (int i = 0; i < outputs; i++)
                    {
                        TKernel.Vertical(table, i, firstSource, sourceStride, between + (i * stride), (int)stride);
                    }
                }

                for (int x = 0; x < width; x += columnsPerBlock)
                {
                    using var table = new ResamplingTable(
                        alongX, firstColumn, columns, x, Math.Min(columnsPerBlock, width - x));
                    for (int i = 0; i < outputs; i++)
                    {
                        byte* row = target + ((((nint)(y + i) * width) + x) * PixelBuffer.BytesPerPixel);
                        TKernel.Horizontal(table, between + (i * stride), row);
                    }
                }
            }
        }
    }

    /// <summary>How many of the outputs to compute at once.</summary>
    private static int BlockSize(int outputs, int taps, int intermediatePixelsPerOutput)
    {
        long size = Math.Min(MaxTableCoefficients / taps, MaxIntermediatePixels / Math.Max(intermediatePixelsPerOutput, 1));
        return (int)Math.Clamp(size, 1, outputs);
    }

    /// <summary>Swaps rows and columns.</summary>
    private static void Transpose(ReadOnlySpan<byte> source, int sourceHeight, Span<byte> destination)
    {
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<byte, uint>(source);
        Span<uint> to = MemoryMarshal.Cast<byte, uint>(destination);
        int sourceWidth = from.Length / sourceHeight;
        for (int y = 0; y < sourceHeight; y++)
        {
            ReadOnlySpan<uint> row = from.Slice(y * sourceWidth, sourceWidth);
            for (int x = 0; x < row.Length; x++)
            {
                to[(x * sourceHeight) + y] = row[x];
            }
        }
    }
}
