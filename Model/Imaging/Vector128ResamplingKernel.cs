using System.Runtime.Intrinsics;

namespace MlNetMobileViT;

/// <summary>The kernel for any processor with 128-bit vectors (SSE4.1, Arm64, WebAssembly).</summary>
internal readonly unsafe struct Vector128ResamplingKernel : IResamplingKernel
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian;

    public static void Horizontal(in ResamplingTable table, byte* source, byte* destination)
    {
        ReadOnlySpan<int> starts = table.Starts;
        ReadOnlySpan<int> taps = table.Taps;
        ReadOnlySpan<int> coefficients = table.Coefficients;
        for (int output = 0; output < starts.Length; output++)
        {
            byte* pixel = source + ((nint)starts[output] * PixelBuffer.BytesPerPixel);
            Vector128<int> sum = Vector128.Create(ResamplingTable.Half);
            foreach (int coefficient in coefficients.Slice(output * table.Stride, taps[output]))
            {
                Vector128<byte> bytes = Vector128.CreateScalar(*(uint*)pixel).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * coefficient;
                pixel += PixelBuffer.BytesPerPixel;
            }

            ((uint*)destination)[output] = Clip(sum, sum, sum, sum).AsUInt32().ToScalar();
        }
    }

    public static void Vertical(
        in ResamplingTable table, int output, byte* source, nint stride, byte* destination, int length)
    {
        ReadOnlySpan<int> coefficients = table.Coefficients.Slice(output * table.Stride, table.Taps[output]);
        byte* start = source + (table.Starts[output] * stride);
        int i = 0;
        for (; i <= length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector128<int> sum0 = Vector128.Create(ResamplingTable.Half), sum1 = sum0, sum2 = sum0, sum3 = sum0;
            byte* values = start + i;
            foreach (int coefficient in coefficients)
            {
                var (low, high) = Vector128.Widen(Vector128.Load(values));
                var (value0, value1) = Vector128.Widen(low);
                var (value2, value3) = Vector128.Widen(high);
                sum0 += value0.AsInt32() * coefficient;
                sum1 += value1.AsInt32() * coefficient;
                sum2 += value2.AsInt32() * coefficient;
                sum3 += value3.AsInt32() * coefficient;
                values += stride;
            }

            Clip(sum0, sum1, sum2, sum3).Store(destination + i);
        }

        ScalarResamplingKernel.Vertical(table, output, source, stride, destination, i, length);
    }

    private static Vector128<byte> Clip(
        Vector128<int> sum0, Vector128<int> sum1, Vector128<int> sum2, Vector128<int> sum3) =>
        Vector128.Narrow(
            Vector128.Narrow(Clip(sum0), Clip(sum1)).AsUInt16(),
            Vector128.Narrow(Clip(sum2), Clip(sum3)).AsUInt16());

    private static Vector128<int> Clip(Vector128<int> sum) => Vector128.Clamp(
        sum >> ResamplingTable.PrecisionBits, Vector128<int>.Zero, Vector128.Create(255));
}
