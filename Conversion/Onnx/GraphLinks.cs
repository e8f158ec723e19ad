using System.Runtime.InteropServices;

namespace MlNetMobileViT.Conversion;

/// <summary>Who makes and who reads the values of a graph, as it was when this was made.</summary>
internal sealed class GraphLinks(GraphProto graph)
{
    private readonly Dictionary<string, NodeProto> _producers =
        graph.Node.SelectMany(static node => node.Output, static (node, output) => (node, output))
            .ToDictionary(static pair => pair.output, static pair => pair.node);

    private readonly ILookup<string, NodeProto> _consumers =
        graph.Node.SelectMany(InputsOf, static (node, input) => (node, input))
            .ToLookup(static pair => pair.input, static pair => pair.node);

    private readonly Dictionary<string, TensorProto> _initializers = graph.Initializer.ToDictionary(static tensor => tensor.Name);
    private readonly HashSet<string> _outputs = [.. graph.Output.Select(static output => output.Name)];

    /// <summary>All that a node reads, in the branches of an If too.</summary>
    public static IEnumerable<string> InputsOf(NodeProto node) => node.Input.Concat(
        node.Attribute.Where(static attribute => attribute.G is not null).SelectMany(static attribute => attribute.G.Node).SelectMany(InputsOf));

    /// <summary>The node that makes a value; null for an input or an initializer.</summary>
    public NodeProto? Producer(string value) => _producers.GetValueOrDefault(value);

    /// <summary>The one node that reads the first output of a node; null where none or several do, or it is an output of the graph.</summary>
    public NodeProto? OnlyConsumer(NodeProto node) =>
        _consumers[node.Output[0]].ToArray() is [var consumer] && !_outputs.Contains(node.Output[0]) ? consumer : null;

    /// <summary>The nodes that read a value.</summary>
    public IEnumerable<NodeProto> Readers(string value) => _consumers[value];

    /// <summary>Whether a value is an output of the graph.</summary>
    public bool IsOutput(string value) => _outputs.Contains(value);

    /// <summary>The dimensions of an initializer; null for anything else.</summary>
    public IReadOnlyList<long>? Shape(string value) => _initializers.GetValueOrDefault(value)?.Dims;

    /// <summary>The values of an int64 initializer; null for anything else.</summary>
    public long[]? Integers(string value) => Values<long>(value, TensorProto.Types.DataType.Int64);

    /// <summary>The values of a float32 initializer; null for anything else.</summary>
    public float[]? Floats(string value) => Values<float>(value, TensorProto.Types.DataType.Float);

    private T[]? Values<T>(string value, TensorProto.Types.DataType type)
        where T : unmanaged =>
        _initializers.TryGetValue(value, out TensorProto? tensor) && tensor.DataType == (int)type
            ? MemoryMarshal.Cast<byte, T>(tensor.RawData.Span).ToArray()
            : null;
}
