using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlNetMobileViT;

/// <summary>The kernel for x86-64 processors with AVX2.</summary>
/// <remarks>
/// One instruction (<c>vpmaddwd</c>) multiplies pairs of 16-bit numbers and adds the two products. A coefficient has 23 bits and
/// a sign, so it is used in two parts (see <see cref="ResamplingTable.Parts"/>): <c>sum = (Σ p·upper · 2¹⁵) + Σ p·lower</c>.
/// Sums wrap around in between, but the total fits 32 bits, so the result is exact.
/// </remarks>
internal readonly unsafe struct Avx2ResamplingKernel : IResamplingKernel
{
    // Four pixels RGBA become pairs of 16-bit numbers, one channel of pixels 0 and 1 and then of 2 and 3, per channel. −1
    // gives a zero byte.
    private static readonly Vector256<byte> PairPixels = Vector256.Create(
        (sbyte)0, -1, 4, -1, 8, -1, 12, -1, 1, -1, 5, -1, 9, -1, 13, -1,
        2, -1, 6, -1, 10, -1, 14, -1, 3, -1, 7, -1, 11, -1, 15, -1).AsByte();

    public static bool IsSupported => Avx2.IsSupported;

    public static void Horizontal(in ResamplingTable table, byte* source, byte* destination)
    {
        const int OutputsPerStep = 4;
        int count = table.Count;
        int groups = table.Stride / ResamplingTable.GroupSize;
        int output = 0;
        fixed (int* starts = table.Starts)
        fixed (short* parts = table.Parts)
        {
            // Each group of four coefficients is 64 bits of lower parts and 64 bits of upper parts.
            ulong* next = (ulong*)parts;
            Vector256<int> half = Vector256.Create(ResamplingTable.Half);
            for (; output <= count - OutputsPerStep; output += OutputsPerStep)
            {
                Vector256<int> sums0 = Sum(source, starts[output], next, groups);
                next += 2 * groups;
                Vector256<int> sums1 = Sum(source, starts[output + 1], next, groups);
                next += 2 * groups;
                Vector256<int> sums2 = Sum(source, starts[output + 2], next, groups);
                next += 2 * groups;
                Vector256<int> sums3 = Sum(source, starts[output + 3], next, groups);
                next += 2 * groups;

                // Adding neighbours completes the sums: the lower lane then holds the R and G of two outputs, the upper lane
                // their B and A.
                Vector256<int> sums01 = (Avx2.HorizontalAdd(sums0, sums1) + half) >> ResamplingTable.PrecisionBits;
                Vector256<int> sums23 = (Avx2.HorizontalAdd(sums2, sums3) + half) >> ResamplingTable.PrecisionBits;
                Vector256<short> shorts = Avx2.PackSignedSaturate(sums01, sums23);
                Vector256<ushort> bytes = Avx2.PackUnsignedSaturate(shorts, shorts).AsUInt16();
                Sse2.UnpackLow(bytes.GetLower(), bytes.GetUpper()).AsByte()
                    .Store(destination + (output * PixelBuffer.BytesPerPixel));
            }
        }

        ScalarResamplingKernel.Horizontal(table, source, destination, output);
    }

    public static void Vertical(
        in ResamplingTable table, int output, byte* source, nint stride, byte* destination, int length)
    {
        int taps = table.Taps[output];
        byte* start = source + (table.Starts[output] * stride);
        int done = 0;
        fixed (short* parts = table.Parts)
        {
            short* lower = parts + (2 * output * table.Stride);
            for (; done <= length - Vector256<byte>.Count; done += Vector256<byte>.Count)
            {
                Weigh(start + done, stride, lower, taps).Store(destination + done);
            }

            if (done < length && length >= Vector256<byte>.Count)
            {
                // The last vector overlaps the one before it.
                done = length - Vector256<byte>.Count;
                Weigh(start + done, stride, lower, taps).Store(destination + done);
                done = length;
            }
        }

        ScalarResamplingKernel.Vertical(table, output, source, stride, destination, done, length);
    }

    /// <summary>
    /// The two halves (of even and odd pairs of inputs) of each channel's sum for one output: R R G G in the lower lane, B B A A
    /// in the upper.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(byte* source, int start, ulong* parts, int groups)
    {
        byte* pixels = source + ((nint)start * PixelBuffer.BytesPerPixel);
        Vector256<int> lower = Vector256<int>.Zero, upper = lower;
        do
        {
            Vector256<short> pairs = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixels), PairPixels).AsInt16();
            lower += Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(parts[0]).AsInt16());
            upper += Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(parts[1]).AsInt16());
            pixels += ResamplingTable.GroupSize * PixelBuffer.BytesPerPixel;
            parts += 2;
        }
        while (--groups > 0);
        return (upper << ResamplingTable.LowBits) + lower;
    }

    /// <summary>32 bytes of an output row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Weigh(byte* source, nint stride, short* parts, int taps)
    {
        Vector256<int> lower0 = Vector256.Create(ResamplingTable.Half), lower1 = lower0, lower2 = lower0, lower3 = lower0;
        Vector256<int> upper0 = Vector256<int>.Zero, upper1 = upper0, upper2 = upper0, upper3 = upper0;
        Vector256<byte> zero = Vector256<byte>.Zero;
        for (int tap = 0; tap < taps; tap += 2)
        {
            // Where the number of rows is odd, the last pairs with itself; the second coefficient is zero then.
            byte* other = tap + 1 < taps ? source + stride : source;
            Vector256<byte> first = Vector256.Load(source), second = Vector256.Load(other);
            Vector256<byte> low = Avx2.UnpackLow(first, second), high = Avx2.UnpackHigh(first, second);
            Vector256<short> pairs0 = Avx2.UnpackLow(low, zero).AsInt16(), pairs1 = Avx2.UnpackHigh(low, zero).AsInt16();
            Vector256<short> pairs2 = Avx2.UnpackLow(high, zero).AsInt16(), pairs3 = Avx2.UnpackHigh(high, zero).AsInt16();
            short* group = parts + (tap / ResamplingTable.GroupSize * 2 * ResamplingTable.GroupSize)
                + (tap % ResamplingTable.GroupSize);
            Vector256<short> lowerParts = Vector256.Create(*(int*)group).AsInt16();
            Vector256<short> upperParts = Vector256.Create(*(int*)(group + ResamplingTable.GroupSize)).AsInt16();
            lower0 += Avx2.MultiplyAddAdjacent(pairs0, lowerParts);
            lower1 += Avx2.MultiplyAddAdjacent(pairs1, lowerParts);
            lower2 += Avx2.MultiplyAddAdjacent(pairs2, lowerParts);
            lower3 += Avx2.MultiplyAddAdjacent(pairs3, lowerParts);
            upper0 += Avx2.MultiplyAddAdjacent(pairs0, upperParts);
            upper1 += Avx2.MultiplyAddAdjacent(pairs1, upperParts);
            upper2 += Avx2.MultiplyAddAdjacent(pairs2, upperParts);
            upper3 += Avx2.MultiplyAddAdjacent(pairs3, upperParts);
            source += 2 * stride;
        }

        return Avx2.PackUnsignedSaturate(
            Avx2.PackSignedSaturate(Total(lower0, upper0), Total(lower1, upper1)),
            Avx2.PackSignedSaturate(Total(lower2, upper2), Total(lower3, upper3)));

        static Vector256<int> Total(Vector256<int> lower, Vector256<int> upper) =>
            ((upper << ResamplingTable.LowBits) + lower) >> ResamplingTable.PrecisionBits;
    }
}
