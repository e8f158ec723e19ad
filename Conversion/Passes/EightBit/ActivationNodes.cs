namespace MlNetMobileViT.Conversion;

/// <summary>The activation behind a convolution: SiLU as the graph has it, a sigmoid and a product, or ReLU.</summary>
internal sealed record ActivationNodes(IReadOnlyList<NodeProto> Nodes, bool IsSilu)
{
    /// <summary>The name of what leaves it.</summary>
    public string Output => Nodes[^1].Output[0];

    /// <summary>The activation that alone reads what a node gives; null for none.</summary>
    public static ActivationNodes? Behind(GraphLinks links, NodeProto node)
    {
        string value = node.Output[0];
        NodeProto[] readers = [.. links.Readers(value)];
        if (links.IsOutput(value))
        {
            return null;
        }

        if (readers is [{ OpType: "Relu" } relu])
        {
            return new ActivationNodes([relu], IsSilu: false);
        }

        NodeProto? sigmoid = Array.Find(readers, static reader => reader.OpType == "Sigmoid");
        NodeProto? product = Array.Find(readers, static reader => reader.OpType == "Mul");
        return readers.Length == 2 && sigmoid is not null && product is not null && links.OnlyConsumer(sigmoid) == product
            ? new ActivationNodes([sigmoid, product], IsSilu: true)
            : null;
    }

    /// <summary>The node that gives a value, or the one whose activation gives it; null for none.</summary>
    public static NodeProto? Before(GraphLinks links, string value) => links.Producer(value) switch
    {
        { OpType: "Relu" } relu => links.Producer(relu.Input[0]),
        { OpType: "Mul" } product when links.Producer(product.Input[0]) is { } node && Behind(links, node)?.Output == value => node,
        var other => other,
    };
}
