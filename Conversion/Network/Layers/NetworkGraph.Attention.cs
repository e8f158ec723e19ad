namespace MlNetMobileViT.Conversion;

/// <content>Self-attention.</content>
internal sealed partial class NetworkGraph
{
    /// <summary>softmax(Q·Kᵀ / √(d / heads))·V, per head, over the patches.</summary>
    public GraphTensor Attention(string name, GraphTensor query, GraphTensor key, GraphTensor value, int heads)
    {
        int dimension = query.Shape[^1], headDimension = dimension / heads;
        string q = Batched(query), k = Batched(key), v = Batched(value);
        string scores = _graph.Node(
            "MatMul", $"{name}.scores", [PerHead("query", q, 0, 2, 1, 3), PerHead("key", k, 0, 2, 3, 1)]);
        string scaled = _graph.Node("Mul", $"{name}.scaled", [scores, _graph.Scalar(1 / MathF.Sqrt(headDimension))]);
        string attention = _graph.Node("Softmax", $"{name}.softmax", [scaled], [new("axis", -1L)]);
        string weighted = _graph.Node("MatMul", $"{name}.weighted", [attention, PerHead("value", v, 0, 2, 1, 3)]);
        string context = _graph.Node("Transpose", $"{name}.attention", [weighted], [new("perm", new long[] { 0, 2, 1, 3 })]);

        const int Products = 2;
        int patches = query.Shape[^2];
        Macs += Products * query.ElementCount * patches;
        return query with { Name = _graph.Node("Reshape", $"{name}.context", [context, _graph.Integers(-1, dimension)]) };

        string Batched(GraphTensor rows) =>
            _graph.Node("Reshape", $"{rows.Name}.batched", [rows.Name, rows.Sequences!.Name]);

        string PerHead(string part, string input, params long[] permutation)
        {
            string split = _graph.Node(
                "Reshape", $"{name}.{part}.heads", [input, _graph.Integers(0, 0, heads, headDimension)]);
            return _graph.Node("Transpose", $"{name}.{part}.per_head", [split], [new("perm", permutation)]);
        }
    }
}
