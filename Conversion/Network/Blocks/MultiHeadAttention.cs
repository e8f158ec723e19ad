namespace MlNetMobileViT.Conversion;

/// <summary>
/// Scaled dot-product self-attention. Queries, keys and values come from one projection whose rows are, in this order, all
/// heads' queries, all heads' keys and all heads' values.
/// </summary>
internal sealed class MultiHeadAttention(LayoutName names, int dimension, int heads) : NetworkModule(names)
{
    private readonly LayoutName _input = names.Part("qkv_proj", "qkv", $"attention.{LayoutName.QueryKeyValue}");
    private readonly Linear _projection = new(names.Part("out_proj", "proj", "output.dense"), dimension, dimension);

    public override IEnumerable<TensorSpec> Tensors =>
    [
        new(_input.Part("weight"), [3 * dimension, dimension], TensorKind.Parameter),
        new(_input.Part("bias"), [3 * dimension], TensorKind.Parameter),
        .. _projection.Tensors,
    ];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        float[] weight = graph.Weight($"{_input.Cvnets}.weight");
        float[] bias = graph.Weight($"{_input.Cvnets}.bias");
        int square = dimension * dimension;
        GraphTensor query = graph.Linear($"{Name}.query", input, weight[..square], bias[..dimension]);

        // Two biases need not be added to every token. The keys' adds the same to all scores of a query, which the softmax
        // takes away again. The values' passes through the attention, whose weights have the sum 1, as it is: it can join the
        // bias of the output projection.
        GraphTensor key = graph.Linear($"{Name}.key", input, weight[square..(2 * square)], bias: null);
        GraphTensor value = graph.Linear($"{Name}.value", input, weight[(2 * square)..], bias: null);
        GraphTensor context = graph.Attention(Name, query, key, value, heads);
        float[] projection = graph.Weight($"{_projection.Name}.weight");
        float[] projectionBias = Linear.Joined(graph.Weight($"{_projection.Name}.bias"), projection, bias.AsSpan(2 * dimension));
        return graph.Linear(_projection.Name, context, projection, projectionBias);
    }
}
