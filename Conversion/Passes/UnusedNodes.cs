namespace MlNetMobileViT.Conversion;

/// <summary>Removes what no output needs: the layers behind the last feature map that was asked for, say.</summary>
internal sealed class UnusedNodes : IGraphPass
{
    public void Apply(OnnxGraph graph)
    {
        GraphProto proto = graph.Proto;
        var needed = proto.Output.Select(static output => output.Name).ToHashSet();
        for (int i = proto.Node.Count - 1; i >= 0; i--)
        {
            if (proto.Node[i].Output.Any(needed.Contains))
            {
                needed.UnionWith(GraphLinks.InputsOf(proto.Node[i]));
            }
            else
            {
                proto.Node.RemoveAt(i);
            }
        }

        var made = proto.Node.SelectMany(static node => node.Output).ToHashSet();
        RemoveAll(proto.ValueInfo, value => !made.Contains(value.Name));
        RemoveAll(proto.Initializer, tensor => !needed.Contains(tensor.Name));
    }

    private static void RemoveAll<T>(IList<T> items, Predicate<T> isUnused)
    {
        for (int i = items.Count - 1; i >= 0; i--)
        {
            if (isUnused(items[i]))
            {
                items.RemoveAt(i);
            }
        }
    }
}
