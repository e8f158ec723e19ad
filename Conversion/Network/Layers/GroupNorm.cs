namespace MlNetMobileViT.Conversion;

/// <summary>
/// Group norm with one group (CVNets' <c>layer_norm_2d</c>): mean and variance over all channels and pixels of a picture, then a scale
/// γ and an offset β for each channel. The graph has the first half only; the layer that reads the norm takes over the second.
/// </summary>
internal sealed class GroupNorm(LayoutName names, int channels) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors => [Parameter("weight", channels), Parameter("bias", channels)];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) => graph.Standardize(Name, input);

    /// <summary>
    /// Puts γ and β into the layer behind the norm: W·(γ ∘ x + β) + b is (W·diag γ)·x + (b + W·β).
    /// </summary>
    /// <param name="graph">The weights.</param>
    /// <param name="weight">The layer's weights, <c>[out, in]</c>.</param>
    /// <param name="bias">The layer's bias, <c>[out]</c>.</param>
    public (float[] Weight, float[] Bias) Into(NetworkGraph graph, float[] weight, float[] bias)
    {
        float[] gamma = graph.Weight($"{Name}.weight");
        float[] scaled = [.. weight.Select((value, i) => value * gamma[i % gamma.Length])];
        return (scaled, Linear.Joined(bias, weight, graph.Weight($"{Name}.bias")));
    }
}
