namespace MlNetMobileViT.Conversion;

/// <summary>
/// A convolution without bias, then batch norm and an activation unless they are left out. The batch norm is folded into the
/// convolution: with s = γ / √(σ² + ε), the weights become s·w and the bias β − s·μ.
/// </summary>
internal sealed class ConvLayer(
    LayoutName names,
    int inChannels,
    int outChannels,
    int kernel,
    int stride = 1,
    int dilation = 1,
    int groups = 1,
    bool norm = true,
    Activation? activation = Activation.Silu)
    : NetworkModule(names)
{
    private readonly LayoutName _weight = WeightName(names, norm);
    private readonly LayoutName _norm = NormName(names);

    public override IEnumerable<TensorSpec> Tensors
    {
        get
        {
            yield return new(_weight, [outChannels, inChannels / groups, kernel, kernel], TensorKind.Parameter);
            if (norm)
            {
                yield return new(_norm.Part("weight"), [outChannels], TensorKind.Parameter);
                yield return new(_norm.Part("bias"), [outChannels], TensorKind.Parameter);
                yield return new(_norm.Part("running_mean"), [outChannels], TensorKind.Statistic);
                yield return new(_norm.Part("running_var"), [outChannels], TensorKind.Statistic);
                yield return new(_norm.Part("num_batches_tracked"), [], TensorKind.Counter);
            }
        }
    }

    /// <summary>The name of a layer's weights. timm has a convolution without norm bare.</summary>
    public static LayoutName WeightName(LayoutName names, bool norm = true) =>
        names.Part("block.conv.weight", norm ? "conv.weight" : "weight", "convolution.weight");

    /// <summary>
    /// The channels that leave a layer with norm, as most of its tensors have them, as one of them may be damaged; null where none is
    /// there.
    /// </summary>
    public static int? OutChannels(TensorDimension dimension, LayoutName names)
    {
        LayoutName norm = NormName(names);
        LayoutName[] tensors =
            [norm.Part("weight"), norm.Part("bias"), norm.Part("running_mean"), norm.Part("running_var"), WeightName(names)];
        return tensors.Select(tensor => dimension(tensor, 0)).OfType<int>()
            .GroupBy(static channels => channels).MaxBy(static same => same.Count())?.Key;
    }

    private static LayoutName NormName(LayoutName names) => names.Part("block.norm", "bn", "normalization");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) => Forward(graph, [input]);

    /// <summary>Writes a 1×1 layer with batch norm into a graph, behind a norm whose scale and offset it takes over.</summary>
    public GraphTensor ForwardBehind(GroupNorm behind, NetworkGraph graph, GraphTensor input)
    {
        (float[] weight, float[]? bias) = FoldedWeights(graph);
        (weight, bias) = behind.Into(graph, weight, bias!);
        return Forward(graph, [input], weight, bias);
    }

    /// <summary>Writes the layer into a graph, over feature maps that are joined along their channels.</summary>
    public GraphTensor Forward(NetworkGraph graph, IReadOnlyList<GraphTensor> inputs)
    {
        (float[] weight, float[]? bias) = FoldedWeights(graph);
        return Forward(graph, inputs, weight, bias);
    }

    private GraphTensor Forward(NetworkGraph graph, IReadOnlyList<GraphTensor> inputs, float[] weight, float[]? bias)
    {
        GraphTensor output = graph.Conv(Name, inputs, weight, bias, outChannels, kernel, stride, dilation, groups);
        return activation is { } function ? graph.Activate(Name, output, function) : output;
    }

    private (float[] Weight, float[]? Bias) FoldedWeights(NetworkGraph graph)
    {
        float[] weight = graph.Weight(_weight.Cvnets);
        if (!norm)
        {
            return (weight, null);
        }

        float[] gamma = graph.Weight($"{_norm.Cvnets}.weight");
        float[] beta = graph.Weight($"{_norm.Cvnets}.bias");
        float[] mean = graph.Weight($"{_norm.Cvnets}.running_mean");
        float[] variance = graph.Weight($"{_norm.Cvnets}.running_var");
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
