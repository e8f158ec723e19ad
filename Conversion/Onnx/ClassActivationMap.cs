namespace MlNetMobileViT.Conversion;

/// <summary>
/// The class-activation map of a network that ends in global average pooling and a linear classifier (Zhou et al., 2016): the
/// classifier's row of the class times the feature map, summed over the channels. It is exact: its mean, with the bias, is the logit.
/// </summary>
internal static class ClassActivationMap
{
    /// <summary>Adds the map of the highest logit, of equal ones the first, to a graph, and returns its name.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="map">The feature map that is pooled, <c>[N, C, h, w]</c>.</param>
    /// <param name="weights">The classifier's weights, <c>[C, classes]</c>.</param>
    /// <param name="logits">What the classifier gives, <c>[N, classes]</c>.</param>
    /// <returns>The map, <c>[N, h, w]</c>.</returns>
    public static string Write(OnnxGraph graph, string map, string weights, string logits)
    {
        const string Name = "class_activation";
        string top = graph.Node("ArgMax", $"{Name}.class", [logits], [new("axis", 1L), new("keepdims", 0L)]);
        string columns = graph.Node("Gather", $"{Name}.columns", [weights, top], [new("axis", 1L)]);
        string rows = graph.Node("Transpose", $"{Name}.rows", [columns], [new("perm", new long[] { 1, 0 })]);

        // [N, 1, 1, C] by [N, h, C, w]: products of one row each, unlike a sum over the channels, whose rounding depends on the batch.
        string factors = graph.Node("Unsqueeze", $"{Name}.factors", [rows, graph.Integers(1, 2)]);
        string lines = graph.Node("Transpose", $"{Name}.lines", [map], [new("perm", new long[] { 0, 2, 1, 3 })]);
        string products = graph.Node("MatMul", $"{Name}.products", [factors, lines]);
        return graph.Node("Squeeze", $"{Name}.map", [products, graph.Integers(2)]);
    }
}
