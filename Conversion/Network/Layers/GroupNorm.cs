namespace MlNetMobileViT.Conversion;

/// <summary>
/// Group norm with one group (CVNets' <c>layer_norm_2d</c>): mean and variance over all channels and pixels of a picture, then a scale
/// and an offset for each channel. The layer that reads the norm takes these over, see <see cref="NormScale"/>.
/// </summary>
internal sealed class GroupNorm(LayoutName names, int channels) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors => [Parameter("weight", channels), Parameter("bias", channels)];

    /// <summary>What the layer that reads the norm takes over.</summary>
    public NormScale Scale(NetworkGraph graph) => new(graph.Weight($"{Name}.weight"), graph.Weight($"{Name}.bias"));

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) => graph.Standardize(Name, input);
}

/// <summary>The scale γ and the offset β of a norm, by channel. W·(γ ∘ x + β) + b is (W·diag γ)·x + (b + W·β).</summary>
internal sealed record NormScale(float[] Weight, float[] Bias)
{
    /// <summary>Puts scale and offset into a layer <c>[out, in]</c> behind the norm, in double.</summary>
    public (float[] Weight, float[] Bias) Into(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        int inputs = Weight.Length;
        float[] scaled = new float[weight.Length], shifted = new float[weight.Length / inputs];
        for (int output = 0; output < shifted.Length; output++)
        {
            double sum = bias.IsEmpty ? 0 : bias[output];
            for (int input = 0; input < inputs; input++)
            {
                double value = weight[(output * inputs) + input];
                scaled[(output * inputs) + input] = (float)(value * Weight[input]);
                sum += value * Bias[input];
            }

            shifted[output] = (float)sum;
        }

        return (scaled, shifted);
    }
}
