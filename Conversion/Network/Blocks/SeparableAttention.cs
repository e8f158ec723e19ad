namespace MlNetMobileViT.Conversion;

/// <summary>
/// Separable self-attention (arXiv 2206.02680, section 3.1; CVNets' <c>LinearSelfAttention</c>), for each of the four pixels of a
/// patch by itself: weights from a softmax of one query channel over all patches, the keys' mean by these weights as context, and
/// relu(values) times context. The one projection has the query in its first row, then the keys and then the values.
/// </summary>
/// <param name="names">The prefix of its tensors in every layout.</param>
/// <param name="dimension">The width of a token.</param>
/// <param name="norm">The norm before it, whose tensors are not counted among its own.</param>
internal sealed class SeparableAttention(LayoutName names, int dimension, GroupNorm norm) : NetworkModule(names)
{
    private readonly PointwiseLayer _input = new(
        names.Part("qkv_proj.block.conv", "qkv_proj", "qkv_proj.convolution"), dimension, 1 + (2 * dimension), norm);

    private readonly PointwiseLayer _output = new(
        names.Part("out_proj.block.conv", "out_proj", "out_proj.convolution"), dimension, dimension);

    public override IEnumerable<TensorSpec> Tensors => [.. _input.Tensors, .. _output.Tensors];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        (float[] weight, float[] bias) = _input.Weights(graph);
        return _output.Forward(graph, graph.SeparableAttention(Name, norm.Forward(graph, input), weight, bias));
    }
}
