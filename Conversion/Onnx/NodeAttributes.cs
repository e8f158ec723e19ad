namespace MlNetMobileViT.Conversion;

/// <summary>Reads the attributes of nodes.</summary>
internal static class NodeAttributes
{
    /// <summary>An integer, or what its absence means.</summary>
    public static long Integer(NodeProto node, string name, long otherwise) => Find(node, name)?.I ?? otherwise;

    /// <summary>A list of integers; empty where it is absent.</summary>
    public static IReadOnlyList<long> Integers(NodeProto node, string name) => Find(node, name)?.Ints ?? [];

    /// <summary>Whether a node is a transpose of this permutation.</summary>
    public static bool Permutes(NodeProto node, params ReadOnlySpan<long> permutation) =>
        Find(node, "perm") is { } attribute && permutation.SequenceEqual(attribute.Ints.ToArray());

    /// <summary>An attribute; null where it is absent.</summary>
    public static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
