namespace MlNetMobileViT.Conversion;

/// <summary>What of a graph can be computed in 8 bits.</summary>
internal static class EightBitLayers
{
    /// <summary>The layers, in the order of the graph.</summary>
    public static IReadOnlyList<EightBitLayer> Of(GraphProto graph) => throw new NotImplementedException(graph.Name);

    /// <summary>The values whose ranges 8 bits need at any level, in the order of the graph.</summary>
    public static IReadOnlyList<string> Observed(GraphProto graph) => throw new NotImplementedException(graph.Name);
}
