namespace MlNetMobileViT.Conversion;

/// <summary>Computes the layers of a plan in 8 bits.</summary>
internal sealed class EightBitGraph(EightBitPlan plan) : IGraphPass
{
    public void Apply(OnnxGraph graph) => throw new NotImplementedException($"{plan} {graph}");
}
