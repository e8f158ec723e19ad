namespace MlNetMobileViT.Conversion;

/// <summary>
/// Weights as signed 8-bit numbers, symmetric, with a scale for each output: w ≈ scale · q, scale = max|w| / 127. (Krishnamoorthi 2018,
/// arXiv 1806.08342, section 2.)
/// </summary>
/// <param name="Values">The numbers, in the order of the weights.</param>
/// <param name="Scales">The scale of each output.</param>
internal sealed record RoundedWeights(sbyte[] Values, float[] Scales)
{
    private const int Largest = 127;
    private const float SmallestScale = 1e-30f;

    /// <summary>
    /// With 7 bits two products of an unsigned byte fit into 16 bits, 2 · 255 · 64 &lt; 2¹⁵, which the instructions of x64 processors without
    /// VNNI add in.
    /// </summary>
    private const int LargestReduced = 63;

    /// <summary>Rounds weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="isOutputLast">Whether the outputs are the last dimension (<c>[in, out]</c>), or the first.</param>
    /// <param name="reduceRange">Whether to keep within 7 bits.</param>
    /// <param name="smallest">The smallest scale that an output may have; null for any.</param>
    public static RoundedWeights Of(
        ReadOnlySpan<float> weights, int outputs, bool isOutputLast, bool reduceRange, Func<int, float>? smallest = null)
    {
        int largest = reduceRange ? LargestReduced : Largest;
        int inputs = weights.Length / outputs;
        float[] scales = new float[outputs];
        for (int i = 0; i < weights.Length; i++)
        {
            int output = isOutputLast ? i % outputs : i / inputs;
            scales[output] = Math.Max(scales[output], Math.Abs(weights[i]));
        }

        for (int output = 0; output < outputs; output++)
        {
            // Weights that are all 0 may have any scale but 0.
            scales[output] = Math.Max(scales[output] / largest, Math.Max(SmallestScale, smallest?.Invoke(output) ?? 0));
        }

        sbyte[] values = new sbyte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            float scale = scales[isOutputLast ? i % outputs : i / inputs];
            values[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scale), -largest, largest);
        }

        return new RoundedWeights(values, scales);
    }
}
