namespace MlNetMobileViT.Conversion;

/// <summary>A 1×1 convolution with bias and nothing behind it: a linear layer for every token.</summary>
/// <param name="names">The prefix of its tensors in every layout.</param>
/// <param name="inChannels">The channels that enter it.</param>
/// <param name="outChannels">The channels that leave it.</param>
/// <param name="norm">The norm before it, whose tensors are not counted among its own; null for none.</param>
internal sealed class PointwiseLayer(LayoutName names, int inChannels, int outChannels, GroupNorm? norm = null) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors =>
        [Parameter("weight", outChannels, inChannels, 1, 1), Parameter("bias", outChannels)];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        (float[] weight, float[] bias) = Weights(graph);
        return graph.Linear(Name, norm?.Forward(graph, input) ?? input, weight, bias);
    }

    /// <summary>The weights <c>[out, in]</c> and the bias, with scale and offset of the norm.</summary>
    public (float[] Weight, float[] Bias) Weights(NetworkGraph graph)
    {
        float[] weight = graph.Weight($"{Name}.weight"), bias = graph.Weight($"{Name}.bias");
        return norm?.Into(graph, weight, bias) ?? (weight, bias);
    }
}
