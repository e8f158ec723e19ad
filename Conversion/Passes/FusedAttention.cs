namespace MlNetMobileViT.Conversion;

/// <summary>
/// Self-attention in one operator, ONNX Runtime's <c>com.microsoft.MultiHeadAttention</c>, instead of the standard's nine: queries,
/// keys and values split into heads, softmax(Q·Kᵀ / √d)·V, and the heads put together again.
/// </summary>
internal sealed class FusedAttention : IGraphPass
{
    public void Apply(OnnxGraph graph)
    {
        var links = new GraphLinks(graph.Proto);
        var nodes = graph.Proto.Node;
        foreach (NodeProto softmax in nodes.Where(static node => node.OpType == "Softmax").ToList())
        {
            if (Match(links, softmax) is var (replaced, fused))
            {
                nodes[nodes.IndexOf(replaced[^1])] = fused;
                foreach (NodeProto node in replaced[..^1])
                {
                    nodes.Remove(node);
                }
            }
        }
    }

    /// <summary>The nodes of an attention, the one that makes its result last, and the node that does the same.</summary>
    private static (NodeProto[] Replaced, NodeProto Fused)? Match(GraphLinks links, NodeProto softmax)
    {
        // Behind the heads' transpose a reshape makes rows of the result, so that it does not matter whether heads stand apart.
        if (NodeAttributes.Find(softmax, "axis") is not { I: -1 }
            || links.OnlyConsumer(softmax) is not { OpType: "MatMul" } weighted
            || weighted.Input[0] != softmax.Output[0]
            || links.OnlyConsumer(weighted) is not { OpType: "Transpose" } merged
            || !NodeAttributes.Permutes(merged, 0, 2, 1, 3)
            || links.OnlyConsumer(merged) is not { OpType: "Reshape" } rows
            || links.Integers(rows.Input[1])?.Contains(0) != false
            || Only(links, softmax.Input[0], "Mul") is not { } scaled
            || links.Floats(scaled.Input[1]) is not [var scale]
            || Only(links, scaled.Input[0], "MatMul") is not { } scores
            || PerHead(links, scores.Input[0], 0, 2, 1, 3) is not { } query
            || PerHead(links, scores.Input[1], 0, 2, 3, 1) is not { } key
            || PerHead(links, weighted.Input[1], 0, 2, 1, 3) is not { } value
            || query.Shape != key.Shape
            || query.Shape != value.Shape
            || links.Integers(query.Shape) is not [0, 0, var heads, var dimension]
            || scale != 1 / MathF.Sqrt(dimension))
        {
            return null;
        }

        NodeProto fused = OnnxGraph.NewNode(
            "MultiHeadAttention",
            merged.Name,
            [query.Input, key.Input, value.Input],
            [new("num_heads", heads)],
            OnnxGraph.MicrosoftDomain,
            merged.Output[0]);
        return ([.. query.Nodes, .. key.Nodes, .. value.Nodes, scores, scaled, softmax, weighted, merged], fused);
    }

    /// <summary>A value that is split into heads, the second and third dimension of which change places.</summary>
    private static (string Input, string Shape, NodeProto[] Nodes)? PerHead(GraphLinks links, string value, params long[] permutation) =>
        Only(links, value, "Transpose") is { } turned
        && NodeAttributes.Permutes(turned, permutation)
        && Only(links, turned.Input[0], "Reshape") is { } split
            ? (split.Input[0], split.Input[1], [split, turned])
            : null;

    /// <summary>The node that makes a value, if it is of this type and the value has one reader.</summary>
    private static NodeProto? Only(GraphLinks links, string value, string operatorType) =>
        links.Producer(value) is { } node && node.OpType == operatorType && links.OnlyConsumer(node) is not null ? node : null;
}
