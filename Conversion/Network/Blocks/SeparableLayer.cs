namespace MlNetMobileViT.Conversion;

/// <summary>
/// A pre-norm layer of separable self-attention (CVNets' <c>LinearAttnFFN</c>): x + attention(norm(x)), then x +
/// feed-forward(norm(x)).
/// </summary>
internal sealed class SeparableLayer(LayoutName names, int dimension, int feedForward, Activation activation) : NetworkModule(names)
{
    private readonly GroupNorm _attentionNorm = new(names.Part("pre_norm_attn.0", "norm1", "layernorm_before"), dimension);
    private readonly SeparableAttention _attention = new(names.Part("pre_norm_attn.1", "attn", "attention"), dimension);
    private readonly GroupNorm _feedForwardNorm = new(names.Part("pre_norm_ffn.0", "norm2", "layernorm_after"), dimension);
    private readonly PointwiseLayer _expand = new(Expansion(names), dimension, feedForward);
    private readonly PointwiseLayer _reduce = new(
        names.Part("pre_norm_ffn.3.block.conv", "mlp.fc2", "ffn.conv2.convolution"), feedForward, dimension);

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _attentionNorm, _attention, _feedForwardNorm, _expand, _reduce }
            .SelectMany(static module => module.Tensors);

    public static LayoutName Expansion(LayoutName layer) =>
        layer.Part("pre_norm_ffn.1.block.conv", "mlp.fc1", "ffn.conv1.convolution");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor attended = _attention.Forward(graph, _attentionNorm.Forward(graph, input), _attentionNorm.Scale(graph));
        GraphTensor middle = graph.Add($"{Name}.pre_norm_attn", input, attended);
        GraphTensor hidden = _expand.Forward(graph, _feedForwardNorm.Forward(graph, middle), _feedForwardNorm.Scale(graph));
        GraphTensor output = _reduce.Forward(graph, graph.Activate(_expand.Name, hidden, activation));
        return graph.Add($"{Name}.pre_norm_ffn", middle, output);
    }
}
