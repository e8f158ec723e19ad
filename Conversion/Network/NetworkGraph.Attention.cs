using MlNetMobileViT.Conversion.Onnx;

namespace MlNetMobileViT.Conversion.Network;

/// <content>Self-attention, in one contrib operator or in ONNX's own.</content>
internal sealed partial class NetworkGraph
{
    /// <summary>
    /// softmax(Q·Kᵀ / √(d / heads))·V with Q, K and V projected from tokens <c>[4N, patches, d]</c>.
    /// </summary>
    /// <param name="name">The prefix of the nodes.</param>
    /// <param name="input">The tokens.</param>
    /// <param name="weight">The projection, <c>[3d, d]</c>: queries, keys, values.</param>
    /// <param name="bias">Its bias, <c>[3d]</c>.</param>
    /// <param name="heads">The number of heads.</param>
    public GraphTensor SelfAttention(string name, GraphTensor input, float[] weight, float[] bias, int heads)
    {
        int dimension = input.Shape[^1];
        int patches = input.Shape[^2];
        Macs += 2L * input.ElementCount * patches;
        return input with
        {
            Name = _style.Portable
                ? StandardAttention(name, input, weight, bias, dimension, heads)
                : FusedAttention(name, input, weight, bias, dimension, heads),
        };
    }

    private string FusedAttention(string name, GraphTensor input, float[] weight, float[] bias, int dimension, int heads)
    {
        string[] parts = ["query", "key", "value"];
        string[] projected = new string[parts.Length];
        for (int part = 0; part < parts.Length; part++)
        {
            float[] rows = weight[(part * dimension * dimension)..((part + 1) * dimension * dimension)];
            float[] offsets = bias[(part * dimension)..((part + 1) * dimension)];
            projected[part] = Linear($"{name}.{parts[part]}", input, rows, offsets).Name;
        }

        return _graph.Node(
            "MultiHeadAttention", $"{name}.attention", projected, [new("num_heads", (long)heads)], OnnxGraph.MicrosoftDomain);
    }

    private string StandardAttention(string name, GraphTensor input, float[] weight, float[] bias, int dimension, int heads)
    {
        // The scale of the scores, folded into the projection of the queries.
        float scale = 1 / MathF.Sqrt(dimension / heads);
        float[] scaledWeight = [.. weight.Select((value, index) => index < dimension * dimension ? value * scale : value)];
        float[] scaledBias = [.. bias.Select((value, index) => index < dimension ? value * scale : value)];
        GraphTensor projected = Linear($"{name}.qkv_proj", input, scaledWeight, scaledBias);
        string split = _graph.Node(
            "Reshape", $"{name}.heads", [projected.Name, _graph.Integers(0, 0, 3, heads, dimension / heads)]);
        string[] parts = _graph.MultiOutputNode(
            "Split",
            $"{name}.split",
            [split],
            [$"{name}.query", $"{name}.key", $"{name}.value"],
            [new("axis", 2L), new("num_outputs", 3L)]);
        string query = PerHead("query", parts[0], 0, 2, 1, 3);
        string key = PerHead("key", parts[1], 0, 2, 3, 1);
        string value = PerHead("value", parts[2], 0, 2, 1, 3);
        string scores = _graph.Node("MatMul", $"{name}.scores", [query, key]);
        string attention = _graph.Node("Softmax", $"{name}.softmax", [scores], [new("axis", -1L)]);
        string context = _graph.Node("MatMul", $"{name}.context", [attention, value]);
        string joined = _graph.Node("Transpose", $"{name}.joined", [context], [new("perm", new long[] { 0, 2, 1, 3 })]);
        return _graph.Node("Reshape", $"{name}.attention", [joined, _graph.Integers(0, 0, dimension)]);

        string PerHead(string part, string input, params long[] permutation)
        {
            string squeezed = _graph.Node("Squeeze", $"{name}.{part}.squeezed", [input, _graph.Integers(2)]);
            return _graph.Node("Transpose", $"{name}.{part}.per_head", [squeezed], [new("perm", permutation)]);
        }
    }
}
