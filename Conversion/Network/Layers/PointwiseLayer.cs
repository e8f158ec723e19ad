namespace MlNetMobileViT.Conversion;

/// <summary>A 1×1 convolution with bias and nothing behind it: a linear layer for every pixel.</summary>
internal sealed class PointwiseLayer(LayoutName names, int inChannels, int outChannels) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors =>
        [Parameter("weight", outChannels, inChannels, 1, 1), Parameter("bias", outChannels)];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) => Forward(graph, input, scale: null);

    /// <summary>Writes the layer into a graph, behind a norm whose scale it takes over.</summary>
    public GraphTensor Forward(NetworkGraph graph, GraphTensor input, NormScale? scale)
    {
        (float[] weight, float[] bias) = Weights(graph, scale);
        return graph.Linear(Name, input, weight, bias);
    }

    /// <summary>The weights <c>[out, in]</c> and the bias, with the scale of a norm before the layer.</summary>
    public (float[] Weight, float[] Bias) Weights(NetworkGraph graph, NormScale? scale)
    {
        float[] weight = graph.Weight($"{Name}.weight"), bias = graph.Weight($"{Name}.bias");
        return scale?.Into(weight, bias) ?? (weight, bias);
    }
}
