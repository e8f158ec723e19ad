using MlNetMobileViT.Conversion.Onnx;

namespace MlNetMobileViT.Conversion.Network;

/// <content>Self-attention, in one contrib operator or in ONNX's own.</content>
internal sealed partial class NetworkGraph
{
    /// <summary>softmax(Q·Kᵀ / √(d / heads))·V over the patches, with Q, K and V projected from the tokens.</summary>
    /// <param name="name">The prefix of the nodes.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="weight">The projection, <c>[3d, d]</c>: queries, keys, values.</param>
    /// <param name="bias">Its bias, <c>[3d]</c>.</param>
    /// <param name="heads">The number of heads.</param>
    public GraphTensor SelfAttention(string name, GraphTensor tokens, float[] weight, float[] bias, int heads)
    {
        int dimension = tokens.Shape[^1];
        string query = Projected("query", 0);
        string key = Projected("key", 1);
        string value = Projected("value", 2);
        string context = _style.Portable
            ? StandardAttention(name, query, key, value, dimension, heads)
            : _graph.Node(
                "MultiHeadAttention",
                $"{name}.attention",
                [query, key, value],
                [new("num_heads", (long)heads)],
                OnnxGraph.MicrosoftDomain);

        const int Products = 2;
        int patches = tokens.Shape[^2];
        Macs += Products * tokens.ElementCount * patches;
        return tokens with { Name = _graph.Node("Reshape", $"{name}.context", [context, _graph.Integers(-1, dimension)]) };

        string Projected(string part, int index)
        {
            int square = dimension * dimension;
            GraphTensor rows = Linear(
                $"{name}.{part}",
                tokens,
                weight[(index * square)..((index + 1) * square)],
                bias[(index * dimension)..((index + 1) * dimension)]);
            return _graph.Node("Reshape", $"{name}.{part}.batched", [rows.Name, tokens.AttentionShape!]);
        }
    }

    private string StandardAttention(string name, string query, string key, string value, int dimension, int heads)
    {
        int headDimension = dimension / heads;
        string scores = _graph.Node(
            "MatMul", $"{name}.scores", [PerHead("query", query, 0, 2, 1, 3), PerHead("key", key, 0, 2, 3, 1)]);
        string scale = _graph.Weights($"{name}.scale", new[] { 1 / MathF.Sqrt(headDimension) }, 1);
        string scaled = _graph.Node("Mul", $"{name}.scaled", [scores, scale]);
        string attention = _graph.Node("Softmax", $"{name}.softmax", [scaled], [new("axis", -1L)]);
        string context = _graph.Node("MatMul", $"{name}.weighted", [attention, PerHead("value", value, 0, 2, 1, 3)]);
        return _graph.Node("Transpose", $"{name}.attention", [context], [new("perm", new long[] { 0, 2, 1, 3 })]);

        string PerHead(string part, string input, params long[] permutation)
        {
            string split = _graph.Node(
                "Reshape", $"{name}.{part}.heads", [input, _graph.Integers(0, 0, heads, headDimension)]);
            return _graph.Node("Transpose", $"{name}.{part}.per_head", [split], [new("perm", permutation)]);
        }
    }
}
