using MlNetMobileViT.Conversion.Architecture;

namespace MlNetMobileViT.Conversion.Network;

/// <summary>
/// Scaled dot-product self-attention. Queries, keys and values come from one projection whose rows are, in this order, all
/// heads' queries, all heads' keys and all heads' values.
/// </summary>
internal sealed class MultiHeadAttention(string name, int dimension, int heads) : NetworkModule(name)
{
    private readonly Linear _projection = new($"{name}.out_proj", dimension, dimension);

    public override IEnumerable<TensorSpec> Tensors =>
    [
        Parameter("qkv_proj.weight", 3 * dimension, dimension),
        Parameter("qkv_proj.bias", 3 * dimension),
        .. _projection.Tensors,
    ];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor attended = graph.SelfAttention(
            Name,
            input,
            graph.Weight($"{Name}.qkv_proj.weight"),
            graph.Weight($"{Name}.qkv_proj.bias"),
            heads);
        return _projection.Forward(graph, attended);
    }
}
