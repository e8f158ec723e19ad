namespace MlNetMobileViT.Conversion;

/// <summary>
/// A pre-norm transformer layer: x + attention(norm(x)), then x + feed-forward(norm(x)). Indices in the names are those of
/// CVNets' <c>nn.Sequential</c>s, where dropouts stand between.
/// </summary>
internal sealed class TransformerLayer(string name, int dimension, int feedForward, int heads) : NetworkModule(name)
{
    private readonly LayerNorm _attentionNorm = new($"{name}.pre_norm_mha.0", dimension);
    private readonly MultiHeadAttention _attention = new($"{name}.pre_norm_mha.1", dimension, heads);
    private readonly LayerNorm _feedForwardNorm = new($"{name}.pre_norm_ffn.0", dimension);
    private readonly Linear _expand = new($"{name}.pre_norm_ffn.1", dimension, feedForward);
    private readonly Linear _reduce = new($"{name}.pre_norm_ffn.4", feedForward, dimension);

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _attentionNorm, _attention, _feedForwardNorm, _expand, _reduce }
            .SelectMany(static module => module.Tensors);

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor attended = _attention.Forward(graph, _attentionNorm.Forward(graph, input));
        GraphTensor middle = graph.Add($"{Name}.pre_norm_mha", input, attended);
        GraphTensor hidden = graph.Silu(_expand.Name, _expand.Forward(graph, _feedForwardNorm.Forward(graph, middle)));
        return graph.Add($"{Name}.pre_norm_ffn", middle, _reduce.Forward(graph, hidden));
    }
}
