namespace MlNetMobileViT.Conversion;

/// <summary>A linear layer with bias: x·Wᵀ + b, the weight stored <c>[out, in]</c> as in PyTorch.</summary>
internal sealed class Linear(LayoutName names, int inFeatures, int outFeatures) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors =>
        [Parameter("weight", outFeatures, inFeatures), Parameter("bias", outFeatures)];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) =>
        graph.Linear(Name, input, graph.Weight($"{Name}.weight"), graph.Weight($"{Name}.bias"));
}
