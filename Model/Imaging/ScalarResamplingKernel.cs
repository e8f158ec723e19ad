namespace MlNetMobileViT;

/// <summary>The kernel without vector instructions; also finishes the ends that do not fill a vector.</summary>
internal readonly unsafe struct ScalarResamplingKernel : IResamplingKernel
{
    public static bool IsSupported => true;

    public static void Horizontal(in ResamplingTable table, byte* source, byte* destination) =>
        Horizontal(table, source, destination, 0);

    public static void Vertical(
        in ResamplingTable table, int output, byte* source, nint stride, byte* destination, int length) =>
        Vertical(table, output, source, stride, destination, 0, length);

    /// <summary>The outputs of a row from <paramref name="first"/> on.</summary>
    public static void Horizontal(in ResamplingTable table, byte* source, byte* destination, int first)
    {
        ReadOnlySpan<int> starts = table.Starts;
        ReadOnlySpan<int> taps = table.Taps;
        for (int output = first; output < starts.Length; output++)
        {
            ReadOnlySpan<int> coefficients = table.Coefficients.Slice(output * table.Stride, taps[output]);
            byte* pixel = source + ((nint)starts[output] * PixelBuffer.BytesPerPixel);
            int sum0 = ResamplingTable.Half, sum1 = sum0, sum2 = sum0, sum3 = sum0;
            foreach (int coefficient in coefficients)
            {
                sum0 += pixel[0] * coefficient;
                sum1 += pixel[1] * coefficient;
                sum2 += pixel[2] * coefficient;
                sum3 += pixel[3] * coefficient;
                pixel += PixelBuffer.BytesPerPixel;
            }

            byte* target = destination + (output * PixelBuffer.BytesPerPixel);
            target[0] = Clip(sum0);
            target[1] = Clip(sum1);
            target[2] = Clip(sum2);
            target[3] = Clip(sum3);
        }
    }

    /// <summary>The bytes of an output row from <paramref name="first"/> on.</summary>
    public static void Vertical(
        in ResamplingTable table, int output, byte* source, nint stride, byte* destination, int first, int length)
    {
        ReadOnlySpan<int> coefficients = table.Coefficients.Slice(output * table.Stride, table.Taps[output]);
        byte* start = source + (table.Starts[output] * stride);
        for (int i = first; i < length; i++)
        {
            int sum = ResamplingTable.Half;
            byte* value = start + i;
            foreach (int coefficient in coefficients)
            {
                sum += *value * coefficient;
                value += stride;
            }

            destination[i] = Clip(sum);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResamplingTable.PrecisionBits, 0, 255);
}
