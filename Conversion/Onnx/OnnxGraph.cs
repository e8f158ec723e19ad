using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using static MlNetMobileViT.Conversion.AttributeProto.Types;

namespace MlNetMobileViT.Conversion;

/// <summary>An ONNX graph under construction: nodes, initializers, inputs and outputs, each name given once.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The contrib operators of ONNX Runtime.</summary>
    public const string MicrosoftDomain = "com.microsoft";

    /// <summary>ONNX's operators for traditional machine learning.</summary>
    public const string MachineLearningDomain = "ai.onnx.ml";

    private readonly GraphProto _graph;
    // Integers and scalars that are there, by names that say their values.
    private readonly HashSet<string> _constants = [];

    // Where nodes go: the graph itself, or the branch of an If that is being written.
    private RepeatedField<NodeProto> _nodes;

    /// <summary>Begins an empty graph.</summary>
    public OnnxGraph(string name)
        : this(new GraphProto { Name = name })
    {
    }

    /// <summary>Goes on with a copy of a graph that is there.</summary>
    public OnnxGraph(GraphProto graph)
    {
        _graph = graph.Clone();
        _nodes = _graph.Node;
        _constants.UnionWith(_graph.Initializer.Select(static tensor => tensor.Name));
    }

    /// <summary>The graph as it stands.</summary>
    public GraphProto Proto => _graph;

    /// <summary>The non-standard operator domains that the nodes use.</summary>
    public IEnumerable<string> Domains => _graph.Node.Select(static node => node.Domain).Where(static domain => domain.Length > 0).Distinct();

    /// <summary>Adds a node, and returns the name of its output.</summary>
    /// <param name="operatorType">The operator.</param>
    /// <param name="name">A name that no other node has.</param>
    /// <param name="inputs">The names of the inputs; empty for an optional one that is left out.</param>
    /// <param name="attributes">The attributes: long, float, string, long[], string[] or a graph.</param>
    /// <param name="domain">The operator's domain; empty for ONNX's own.</param>
    /// <param name="output">The name of the output; null for that of the node.</param>
    public string Node(
        string operatorType,
        string name,
        IEnumerable<string> inputs,
        IEnumerable<KeyValuePair<string, object>>? attributes = null,
        string domain = "",
        string? output = null)
    {
        _nodes.Add(NewNode(operatorType, name, inputs, attributes, domain, output));
        return output ?? name;
    }

    /// <summary>Makes a node that is not in the graph yet; parameters as above.</summary>
    public static NodeProto NewNode(
        string operatorType,
        string name,
        IEnumerable<string> inputs,
        IEnumerable<KeyValuePair<string, object>>? attributes = null,
        string domain = "",
        string? output = null) => new()
        {
            OpType = operatorType,
            Name = name,
            Domain = domain,
            Input = { inputs },
            Output = { output ?? name },
            Attribute = { (attributes ?? []).Select(static pair => Attribute(pair.Key, pair.Value)) },
        };

    /// <summary>Adds an If node whose branches have one float32 output each, and returns the output's name.</summary>
    /// <param name="name">A name that no other node has; the output is named after it.</param>
    /// <param name="condition">The name of a boolean scalar.</param>
    /// <param name="then">Writes the nodes for true and returns the output; initializers have to be there before.</param>
    /// <param name="otherwise">The same for false.</param>
    public string If(string name, string condition, Func<string> then, Func<string> otherwise) => Node(
        "If",
        name,
        [condition],
        [new("then_branch", Branch($"{name}.then", then)), new("else_branch", Branch($"{name}.else", otherwise))]);

    /// <summary>Adds float32 weights, and returns their name.</summary>
    /// <exception cref="OverflowException">A value is no number; the message names the weights.</exception>
    public string Weights(string name, ReadOnlyMemory<float> values, params int[] shape)
    {
        RequireRange(name, values.Span, float.MaxValue, "float32");
        AddInitializer(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values.Span), shape);
        return name;
    }

    /// <summary>Gives float32 weights that are there other values, as many as before.</summary>
    /// <exception cref="OverflowException">A value is no number; the message names the weights.</exception>
    public void ReplaceWeights(string name, ReadOnlyMemory<float> values)
    {
        RequireRange(name, values.Span, float.MaxValue, "float32");
        TensorProto tensor = _graph.Initializer.First(tensor => tensor.Name == name);
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.Span));
    }

    /// <summary>Adds signed 8-bit weights, and returns their name.</summary>
    public string Weights(string name, ReadOnlySpan<sbyte> values, params int[] shape)
    {
        AddInitializer(name, TensorProto.Types.DataType.Int8, MemoryMarshal.AsBytes(values), shape);
        return name;
    }

    /// <summary>Adds 32-bit weights, and returns their name.</summary>
    public string Weights(string name, ReadOnlySpan<int> values, params int[] shape)
    {
        AddInitializer(name, TensorProto.Types.DataType.Int32, MemoryMarshal.AsBytes(values), shape);
        return name;
    }

    /// <summary>Adds signed 8-bit zeros, once for each length: zero points of weights.</summary>
    public string SignedZeros(int length)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"int8.zeros.{length}");
        if (_constants.Add(name))
        {
            AddInitializer(name, TensorProto.Types.DataType.Int8, new byte[length], [length]);
        }

        return name;
    }

    /// <summary>Adds an unsigned 8-bit scalar, once however often it is asked for: zero points.</summary>
    public string Byte(byte value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"uint8.{value}");
        if (_constants.Add(name))
        {
            AddInitializer(name, TensorProto.Types.DataType.Uint8, [value], []);
        }

        return name;
    }

    /// <summary>Checks that weights are in the range of a type.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="values">The weights.</param>
    /// <param name="largest">The largest number of the type.</param>
    /// <param name="range">What the end of the message calls the type.</param>
    /// <exception cref="OverflowException">They are not; the message names them.</exception>
    public static void RequireRange(string name, ReadOnlySpan<float> values, float largest, string range)
    {
        foreach (float value in values)
        {
            // Folding a batch norm of a tiny variance makes weights larger. (NaN is not in the range either.)
            if (!(MathF.Abs(value) <= largest))
            {
                throw new OverflowException(
                    $"the weights '{name}', with their batch norm if they have one, go beyond the range of {range}");
            }
        }
    }

    /// <summary>Adds a list of integers, once however often it is asked for: shapes, axes, sizes.</summary>
    public string Integers(params long[] values)
    {
        string name = "int64." + string.Join('_', values.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
        if (_constants.Add(name))
        {
            AddInitializer(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);
        }

        return name;
    }

    /// <summary>Adds a float32 scalar, once however often it is asked for.</summary>
    public string Scalar(float value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"float32.{value:R}");
        if (_constants.Add(name))
        {
            AddInitializer(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>(new[] { value }), []);
        }

        return name;
    }

    /// <summary>Adds a text, <c>[1]</c>.</summary>
    public string Text(string name, string value)
    {
        _graph.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.String,
            Dims = { 1 },
            StringData = { ByteString.CopyFromUtf8(value) },
        });
        return name;
    }

    /// <summary>Declares the float32 input of the graph. A dimension is a number or a name.</summary>
    public void AddInput(string name, params object[] shape) => _graph.Input.Add(Float32(name, shape));

    /// <summary>Declares a float32 output of the graph. A dimension is a number or a name.</summary>
    public void AddOutput(string name, params object[] shape) => _graph.Output.Add(Float32(name, shape));

    /// <summary>Declares the shape of a float32 tensor between nodes. A dimension is a number or a name.</summary>
    public void AddShape(string name, params object[] shape) => _graph.ValueInfo.Add(Float32(name, shape));

    private GraphProto Branch(string name, Func<string> write)
    {
        var branch = new GraphProto { Name = name };
        RepeatedField<NodeProto> outer = _nodes;
        _nodes = branch.Node;
        string output = write();
        _nodes = outer;
        branch.Output.Add(new ValueInfoProto
        {
            Name = output,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        });
        return branch;
    }

    private static ValueInfoProto Float32(string name, object[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(shape.Select(static dimension => dimension is string symbol
            ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
            : new TensorShapeProto.Types.Dimension { DimValue = (int)dimension }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        long integer => new() { Name = name, Type = AttributeType.Int, I = integer },
        float number => new() { Name = name, Type = AttributeType.Float, F = number },
        string text => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(text) },
        long[] integers => new() { Name = name, Type = AttributeType.Ints, Ints = { integers } },
        string[] texts => new() { Name = name, Type = AttributeType.Strings, Strings = { texts.Select(ByteString.CopyFromUtf8) } },
        GraphProto graph => new() { Name = name, Type = AttributeType.Graph, G = graph },
        _ => throw new ArgumentException($"Attribute '{name}' has a value of type {value.GetType()}.", nameof(value)),
    };

    private void AddInitializer(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, int[] shape) =>
        _graph.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)type,
            RawData = ByteString.CopyFrom(bytes),
            Dims = { shape.Select(static side => (long)side) },
        });
}
