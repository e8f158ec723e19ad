namespace MlNetMobileViT.Conversion;

/// <summary>
/// A pre-norm transformer layer: x + attention(norm(x)), then x + feed-forward(norm(x)). Indices in the names are those of
/// CVNets' <c>nn.Sequential</c>s, where dropouts stand between.
/// </summary>
internal sealed class TransformerLayer(LayoutName names, int dimension, int feedForward, int heads, Activation activation)
    : NetworkModule(names)
{
    private readonly LayerNorm _attentionNorm = new(names.Part("pre_norm_mha.0", "norm1", "layernorm_before"), dimension);
    private readonly MultiHeadAttention _attention = new(names.Part("pre_norm_mha.1", "attn", "attention"), dimension, heads);
    private readonly LayerNorm _feedForwardNorm = new(names.Part("pre_norm_ffn.0", "norm2", "layernorm_after"), dimension);
    private readonly Linear _expand = new(Expansion(names), dimension, feedForward);
    private readonly Linear _reduce = new(names.Part("pre_norm_ffn.4", "mlp.fc2", "output.dense"), feedForward, dimension);

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _attentionNorm, _attention, _feedForwardNorm, _expand, _reduce }
            .SelectMany(static module => module.Tensors);

    public static LayoutName Expansion(LayoutName layer) => layer.Part("pre_norm_ffn.1", "mlp.fc1", "intermediate.dense");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor attended = _attention.Forward(graph, _attentionNorm.Forward(graph, input));
        GraphTensor middle = graph.Add($"{Name}.pre_norm_mha", input, attended);
        GraphTensor hidden = _expand.Forward(graph, _feedForwardNorm.Forward(graph, middle));
        GraphTensor output = _reduce.Forward(graph, graph.Activate(_expand.Name, hidden, activation));
        return graph.Add($"{Name}.pre_norm_ffn", middle, output);
    }
}
