namespace MlNetMobileViT.Conversion;

/// <summary>
/// A convolution without bias, then batch norm and SiLU unless they are left out. The batch norm is folded into the
/// convolution: with s = γ / √(σ² + ε), the weights become s·w and the bias β − s·μ.
/// </summary>
internal sealed class ConvLayer(
    string name,
    int inChannels,
    int outChannels,
    int kernel,
    int stride = 1,
    int groups = 1,
    bool norm = true,
    bool activation = true)
    : NetworkModule(name)
{
    public override IEnumerable<TensorSpec> Tensors
    {
        get
        {
            yield return Parameter("block.conv.weight", outChannels, inChannels / groups, kernel, kernel);
            if (norm)
            {
                yield return Parameter("block.norm.weight", outChannels);
                yield return Parameter("block.norm.bias", outChannels);
                yield return new($"{Name}.block.norm.running_mean", [outChannels], TensorKind.Statistic);
                yield return new($"{Name}.block.norm.running_var", [outChannels], TensorKind.Statistic);
                yield return new($"{Name}.block.norm.num_batches_tracked", [], TensorKind.Counter);
            }
        }
    }

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) => Forward(graph, [input]);

    /// <summary>Writes the layer into a graph, over feature maps that are joined along their channels.</summary>
    public GraphTensor Forward(NetworkGraph graph, IReadOnlyList<GraphTensor> inputs)
    {
        (float[] weight, float[]? bias) = FoldedWeights(graph);
        GraphTensor output = graph.Conv(Name, inputs, weight, bias, outChannels, kernel, stride, groups);
        return activation ? graph.Silu(Name, output) : output;
    }

    private (float[] Weight, float[]? Bias) FoldedWeights(NetworkGraph graph)
    {
        float[] weight = graph.Weight($"{Name}.block.conv.weight");
        if (!norm)
        {
            return (weight, null);
        }

        float[] gamma = graph.Weight($"{Name}.block.norm.weight");
        float[] beta = graph.Weight($"{Name}.block.norm.bias");
        float[] mean = graph.Weight($"{Name}.block.norm.running_mean");
        float[] variance = graph.Weight($"{Name}.block.norm.running_var");
        float[] folded = new float[weight.Length];
        float[] bias = new float[outChannels];
        int perChannel = weight.Length / outChannels;
        for (int channel = 0; channel < outChannels; channel++)
        {
            // In double: folding must not cost precision that the reference has.
            double scale = gamma[channel] / Math.Sqrt((double)variance[channel] + MobileViTArchitecture.NormEpsilon);
            bias[channel] = (float)(beta[channel] - (scale * mean[channel]));
            for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++)
            {
                folded[i] = (float)(scale * weight[i]);
            }
        }

        return (folded, bias);
    }
}
