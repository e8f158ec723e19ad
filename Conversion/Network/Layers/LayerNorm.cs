namespace MlNetMobileViT.Conversion;

/// <summary>Layer norm over the last dimension.</summary>
internal sealed class LayerNorm(LayoutName names, int dimension) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors => [Parameter("weight", dimension), Parameter("bias", dimension)];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) =>
        graph.LayerNorm(Name, input, graph.Weight($"{Name}.weight"), graph.Weight($"{Name}.bias"));
}
