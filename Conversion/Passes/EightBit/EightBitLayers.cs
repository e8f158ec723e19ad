namespace MlNetMobileViT.Conversion;

/// <summary>What of a graph can be computed in 8 bits, and is faster so.</summary>
/// <remarks>
/// Channels are asked to be multiples of what ONNX Runtime's 8-bit kernels take at once; with others they fall back to slow ones. A
/// narrow 1×1 convolution costs more in 8 bits, for its conversions, than it gains (measured; <c>Benchmarks -- graph</c>).
/// </remarks>
internal static class EightBitLayers
{
    private const int ChannelMultiple = 4;
    private const int MinOutputs = 16;
    private const int DepthwiseMultiple = 16;
    private const int MinExpansionInputs = 32;
    private const int MinReductionInputs = 64;

    /// <summary>The layers, in the order of the graph.</summary>
    public static IReadOnlyList<EightBitLayer> Of(GraphProto graph)
    {
        var links = new GraphLinks(graph);
        return
        [
            .. graph.Node
                .Select(node => (Node: node, Level: LevelOf(links, node)))
                .Where(static pair => pair.Level is not null)
                .GroupBy(
                    static pair => pair.Node.OpType == "Gemm" ? pair.Node.Input[0] : pair.Node.Output[0],
                    static (_, pairs) => pairs.ToArray())
                .Select(static pairs => new EightBitLayer(
                    CommonName([.. pairs.Select(static pair => pair.Node.Name)]),
                    pairs[0].Level!.Value,
                    [.. pairs.Select(static pair => pair.Node.Name)])),
        ];
    }

    /// <summary>The values whose ranges 8 bits need at any level, in the order of the graph.</summary>
    public static IReadOnlyList<string> Observed(GraphProto graph)
    {
        var links = new GraphLinks(graph);
        return
        [
            .. graph.Node.Where(node => LevelOf(links, node) is not null)
                .SelectMany(static node => node.OpType == "Gemm" ? node.Input.Take(1) : [node.Input[0], node.Output[0]])
                .Distinct(),
        ];
    }

    /// <summary>The first level that has a node in 8 bits; null for none.</summary>
    private static QuantizationLevel? LevelOf(GraphLinks links, NodeProto node)
    {
        if (links.Floats(node.Input.ElementAtOrDefault(1) ?? "") is null)
        {
            return null;
        }

        if (node.OpType == "Gemm")
        {
            return node.Attribute.Count == 0 ? QuantizationLevel.Linear : null;
        }

        if (node.OpType != "Conv" || links.Shape(node.Input[1]) is not [var outputs, var inputs, var height, var width])
        {
            return null;
        }

        if (IsDepthwise(links, node))
        {
            return outputs % DepthwiseMultiple == 0 && !IsNarrow(links, node) ? QuantizationLevel.Full : null;
        }

        if (NodeAttributes.Integer(node, "group", 1) != 1
            || inputs % ChannelMultiple != 0 || outputs % ChannelMultiple != 0 || outputs < MinOutputs)
        {
            return null;
        }

        if (height != 1 || width != 1)
        {
            return QuantizationLevel.Blocks;
        }

        bool expands = ActivationNodes.Behind(links, node) is { } activation
            && links.Readers(activation.Output).Any(reader => IsDepthwise(links, reader));
        bool reduces = ActivationNodes.Before(links, node.Input[0]) is { } before && IsDepthwise(links, before);
        return (expands && inputs < MinExpansionInputs) || (reduces && inputs < MinReductionInputs) ? null
            : expands || reduces ? QuantizationLevel.Pointwise
            : QuantizationLevel.Blocks;
    }

    private static bool IsDepthwise(GraphLinks links, NodeProto node) => node.OpType == "Conv"
        && NodeAttributes.Integer(node, "group", 1) is > 1 and var groups
        && links.Shape(node.Input[1]) is [var outputs, 1, _, _] && outputs == groups;

    /// <summary>Whether the expansion before a depthwise convolution is too narrow for 8 bits, so that its input is float.</summary>
    private static bool IsNarrow(GraphLinks links, NodeProto depthwise) =>
        ActivationNodes.Before(links, depthwise.Input[0]) is { OpType: "Conv" } expansion
        && links.Shape(expansion.Input[1]) is [_, < MinExpansionInputs, _, _];

    /// <summary>The name of a layer by those of its nodes: of a single one all but its last part.</summary>
    private static string CommonName(string[] nodes)
    {
        string[] first = nodes[0].Split('.')[..^1];
        int parts = first.Length;
        foreach (string node in nodes.Skip(1))
        {
            string[] other = node.Split('.');
            parts = Enumerable.Range(0, parts).TakeWhile(part => part < other.Length && other[part] == first[part]).Count();
        }

        return string.Join('.', first.Take(parts));
    }
}
