namespace MlNetMobileViT.Conversion;

/// <summary>
/// A pre-norm layer of separable self-attention (CVNets' <c>LinearAttnFFN</c>): x + attention(norm(x)), then x +
/// feed-forward(norm(x)).
/// </summary>
internal sealed class SeparableLayer : NetworkModule
{
    private readonly GroupNorm _attentionNorm;
    private readonly SeparableAttention _attention;
    private readonly GroupNorm _feedForwardNorm;
    private readonly PointwiseLayer _expand;
    private readonly PointwiseLayer _reduce;
    private readonly Activation _activation;

    public SeparableLayer(LayoutName names, int dimension, int feedForward, Activation activation)
        : base(names)
    {
        _attentionNorm = new(names.Part("pre_norm_attn.0", "norm1", "layernorm_before"), dimension);
        _attention = new(names.Part("pre_norm_attn.1", "attn", "attention"), dimension, _attentionNorm);
        _feedForwardNorm = new(names.Part("pre_norm_ffn.0", "norm2", "layernorm_after"), dimension);
        _expand = new(Expansion(names), dimension, feedForward, _feedForwardNorm);
        _reduce = new(names.Part("pre_norm_ffn.3.block.conv", "mlp.fc2", "ffn.conv2.convolution"), feedForward, dimension);
        _activation = activation;
    }

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _attentionNorm, _attention, _feedForwardNorm, _expand, _reduce }
            .SelectMany(static module => module.Tensors);

    public static LayoutName Expansion(LayoutName layer) =>
        layer.Part("pre_norm_ffn.1.block.conv", "mlp.fc1", "ffn.conv1.convolution");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor middle = graph.Add($"{Name}.pre_norm_attn", input, _attention.Forward(graph, input));
        GraphTensor hidden = graph.Activate(_expand.Name, _expand.Forward(graph, middle), _activation);
        return graph.Add($"{Name}.pre_norm_ffn", middle, _reduce.Forward(graph, hidden));
    }
}
