namespace MlNetMobileViT.Conversion;

/// <content>What MobileViTv2's blocks are made of.</content>
internal sealed partial class NetworkGraph
{
    /// <summary>
    /// Enlarges a map to even sides (bilinear, corners aligned), as CVNets and timm do before a MobileViTv2 block. Hugging Face drops
    /// the odd row and column instead.
    /// </summary>
    public GraphTensor EnlargeToWholePatches(string name, GraphTensor map) => MayNeedResize(map)
        ? new GraphTensor(
            ResizeToWholePatches(name, map, "align_corners"), map.Shape[0], WholePatches(map.Shape[1]), WholePatches(map.Shape[2]))
        : map;

    /// <summary>(x − mean) / √(variance + ε) over all tokens and channels of a picture, the variance being the biased one.</summary>
    public GraphTensor Standardize(string name, GraphTensor tokens)
    {
        // Not an InstanceNormalization of one channel, with which width 1.5 was 3.2e-5 from the reference. Means over tokens and then
        // over pictures keep the digits. Scale and offset are the reader's.
        int d = tokens.Shape[^1];
        string picture = _graph.Node("Reshape", $"{name}.picture", [tokens.Name, tokens.Sequences!.Pictures!]);
        string centered = _graph.Node("Sub", $"{name}.centered", [picture, OverTokens("mean", Reduce("ReduceMean", "means", picture, 2))]);
        string squares = OverTokens("squares", Reduce("ReduceSumSquare", "sums", centered, 2));
        string variance = _graph.Node("Mul", $"{name}.variance", [squares, _graph.Scalar(1f / d)]);
        string shifted = _graph.Node("Add", $"{name}.shifted", [variance, _graph.Scalar(MobileViTArchitecture.NormEpsilon)]);
        string deviation = _graph.Node("Sqrt", $"{name}.deviation", [shifted]);
        string factor = _graph.Node("Reciprocal", $"{name}.factor", [deviation]);
        string normed = _graph.Node("Mul", $"{name}.standardized", [centered, factor]);
        return tokens with { Name = _graph.Node("Reshape", $"{name}.norm", [normed, _graph.Integers(-1, d)]) };

        string OverTokens(string part, string sums) => Reduce("ReduceMean", part, sums, 1);

        string Reduce(string operatorType, string part, string input, long axis) =>
            _graph.Node(operatorType, $"{name}.{part}", [input, _graph.Integers(axis)], [new("keepdims", 1L)]);
    }

    /// <summary>
    /// relu(values) ∘ context, for each of the four pixels of a patch, where the context is the mean of the keys over all patches
    /// weighted by the softmax of the queries.
    /// </summary>
    /// <param name="name">The name of the attention.</param>
    /// <param name="tokens">What attends.</param>
    /// <param name="weight">The weights <c>[1 + 2d, d]</c> of query, keys and values.</param>
    /// <param name="bias">Their bias.</param>
    /// <remarks>
    /// The keys' mean is the key of the mean, as keys are linear and the weights have the sum 1: so only one key for each of the four
    /// pixels is computed instead of one for every patch. The query's bias adds the same to all, which the softmax takes away again.
    /// </remarks>
    public GraphTensor SeparableAttention(string name, GraphTensor tokens, float[] weight, float[] bias)
    {
        int d = tokens.Shape[^1], keys = d, values = d + (d * d);
        string batched = _graph.Node("Reshape", $"{name}.batched", [tokens.Name, tokens.Sequences!.Name]);
        string query = _graph.Node("MatMul", $"{name}.query", [batched, _graph.Weights($"{name}.query.weight", weight.AsMemory(0, keys), d, 1)]);
        string turned = _graph.Node("Transpose", $"{name}.queries", [query], [new("perm", new long[] { 0, 2, 1 })]);
        string softmax = _graph.Node("Softmax", $"{name}.softmax", [turned], [new("axis", -1L)]);
        string mean = _graph.Node("MatMul", $"{name}.mean", [softmax, batched]);
        string means = _graph.Node("Reshape", $"{name}.means", [mean, _graph.Integers(-1, d)]);
        GraphTensor key = Linear($"{name}.key", new GraphTensor(means, PatchPixels, d), weight[keys..values], bias[1..(1 + d)]);
        string context = _graph.Node("Reshape", $"{name}.context", [key.Name, _graph.Integers(-1, 1, d)]);

        GraphTensor value = Linear($"{name}.value", tokens, weight[values..], bias[(1 + d)..]);
        string relu = _graph.Node("Relu", $"{name}.relu", [value.Name]);
        string perPixel = _graph.Node("Reshape", $"{name}.values", [relu, tokens.Sequences.Name]);
        string product = _graph.Node("Mul", $"{name}.product", [perPixel, context]);

        // The operations of the network, not of this way to compute it: queries, and the keys of all patches.
        Macs += (tokens.ElementCount * (1 + d)) - (key.ElementCount * d);
        return tokens with { Name = _graph.Node("Reshape", $"{name}.attention", [product, _graph.Integers(-1, d)]) };
    }
}
