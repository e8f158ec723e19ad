using System.Buffers;

namespace MlNetMobileViT;

/// <summary>The fixed-point coefficients of a run of outputs along one axis, in pooled memory.</summary>
internal ref struct ResamplingTable
{
    /// <summary>
    /// The binary places of a coefficient: 8 bits of a 32-bit sum belong to the pixel and 2 to overshoot (PIL's
    /// <c>PRECISION_BITS</c>).
    /// </summary>
    public const int PrecisionBits = 32 - 8 - 2;

    /// <summary>What a sum starts with, so that dropping the binary places rounds to nearest.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    /// <summary>The bits of a coefficient's lower part in <see cref="Parts"/>; with them it stays positive as a short.</summary>
    public const int LowBits = 15;

    /// <summary>Coefficients come in groups of this many; the last group of an output is filled up with zeros.</summary>
    public const int GroupSize = 4;

    private int[]? _integers;
    private short[]? _parts;

    /// <summary>Computes the coefficients of <paramref name="count"/> outputs from <paramref name="first"/> on.</summary>
    /// <param name="window">The windows of the axis.</param>
    /// <param name="origin">The stored input that <see cref="Starts"/> counts from; none before it is needed.</param>
    /// <param name="inputs">How many inputs there are from <paramref name="origin"/> on.</param>
    /// <param name="first">The first output.</param>
    /// <param name="count">The number of outputs.</param>
    public ResamplingTable(in ResamplingWindow window, int origin, int inputs, int first, int count)
    {
        Count = count;
        int taps = 0;
        for (int i = 0; i < count; i++)
        {
            taps = Math.Max(taps, window.Stored(first + i).Taps);
        }

        Stride = (taps + GroupSize - 1) / GroupSize * GroupSize;
        _integers = ArrayPool<int>.Shared.Rent(count * (Stride + 2));
        _parts = ArrayPool<short>.Shared.Rent(count * Stride * 2);
        double[] rented = ArrayPool<double>.Shared.Rent(taps);
        Span<int> starts = _integers.AsSpan(0, count);
        Span<int> tapCounts = _integers.AsSpan(count, count);
        Span<int> coefficients = _integers.AsSpan(2 * count, count * Stride);
        coefficients.Clear();
        for (int i = 0; i < count; i++)
        {
            var (start, used) = window.Stored(first + i);
            Span<double> weights = rented.AsSpan(0, used);
            window.Weights(first + i, weights);

            // A whole number of groups may reach beyond the last input. Where there is room, the window moves to the left;
            // where there is not, it reaches beyond by less than a group (see PixelBuffer.Slack).
            int moved = Math.Max(Math.Min(start - origin, inputs - Stride), 0);
            int shift = start - origin - moved;
            starts[i] = moved;
            tapCounts[i] = shift + used;
            Span<int> target = coefficients.Slice((i * Stride) + shift, used);
            for (int tap = 0; tap < used; tap++)
            {
                double scaled = weights[tap] * (1 << PrecisionBits);
                target[tap] = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
            }
        }

        ArrayPool<double>.Shared.Return(rented);
        Split(coefficients, _parts);
    }

    /// <summary>The number of outputs.</summary>
    public int Count { get; }

    /// <summary>Coefficients for one output, a multiple of <see cref="GroupSize"/>.</summary>
    public int Stride { get; }

    /// <summary>The first input of each output, counted from the origin.</summary>
    public readonly ReadOnlySpan<int> Starts => _integers.AsSpan(0, Count);

    /// <summary>How many coefficients of each output have to be looked at; the rest are zero.</summary>
    public readonly ReadOnlySpan<int> Taps => _integers.AsSpan(Count, Count);

    /// <summary>The coefficients, <see cref="Stride"/> for each output.</summary>
    public readonly ReadOnlySpan<int> Coefficients => _integers.AsSpan(2 * Count, Count * Stride);

    /// <summary>
    /// The same coefficients in 16-bit parts, because processors multiply and add pairs of those in one instruction: for each
    /// group, the lower <see cref="LowBits"/> bits of its four coefficients, then their upper bits.
    /// </summary>
    public readonly ReadOnlySpan<short> Parts => _parts.AsSpan(0, Count * Stride * 2);

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (_integers is not null)
        {
            ArrayPool<int>.Shared.Return(_integers);
            ArrayPool<short>.Shared.Return(_parts!);
            _integers = null;
            _parts = null;
        }
    }

    private static void Split(ReadOnlySpan<int> coefficients, Span<short> parts)
    {
        for (int group = 0; group < coefficients.Length; group += GroupSize)
        {
            for (int i = 0; i < GroupSize; i++)
            {
                int coefficient = coefficients[group + i];
                parts[(2 * group) + i] = (short)(coefficient & ((1 << LowBits) - 1));
                parts[(2 * group) + GroupSize + i] = (short)(coefficient >> LowBits);
            }
        }
    }
}
