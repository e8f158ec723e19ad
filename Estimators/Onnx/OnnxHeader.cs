using System.Text;

namespace MlNetMobileViT;

/// <summary>
/// What an ONNX file says beside its nodes and weights: its metadata, and the inputs and outputs of its graph. Read from the bytes,
/// which takes neither a session nor its memory.
/// </summary>
internal sealed class OnnxHeader
{
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private readonly List<OnnxTensor> _inputs = [];
    private readonly List<OnnxTensor> _outputs = [];

    /// <summary>The metadata.</summary>
    public IReadOnlyDictionary<string, string> Properties => _properties;

    public IReadOnlyList<OnnxTensor> Inputs => _inputs;

    public IReadOnlyList<OnnxTensor> Outputs => _outputs;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX file.</exception>
    public static OnnxHeader Read(ReadOnlySpan<byte> onnx)
    {
        // Field numbers of onnx.proto, here and below.
        const int Graph = 7, MetadataProps = 14;
        var header = new OnnxHeader();
        bool hasGraph = false;
        var file = new ProtobufReader(onnx);
        while (file.Read())
        {
            switch (file.Field)
            {
                case Graph:
                    hasGraph = true;
                    header.ReadGraph(file.Value);
                    break;
                case MetadataProps:
                    (string key, string value) = ReadEntry(file.Value);
                    header._properties[key] = value;
                    break;
            }
        }

        return hasGraph ? header : throw new InvalidDataException("The bytes are a protobuf message without a graph.");
    }

    private void ReadGraph(ReadOnlySpan<byte> graph)
    {
        const int Input = 11, Output = 12;
        var fields = new ProtobufReader(graph);
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case Input:
                    _inputs.Add(ReadTensor(fields.Value));
                    break;
                case Output:
                    _outputs.Add(ReadTensor(fields.Value));
                    break;
            }
        }
    }

    private static (string Key, string Value) ReadEntry(ReadOnlySpan<byte> entry)
    {
        string key = "", value = "";
        var fields = new ProtobufReader(entry);
        while (fields.Read())
        {
            string text = Encoding.UTF8.GetString(fields.Value);
            (key, value) = fields.Field switch { 1 => (text, value), 2 => (key, text), _ => (key, value) };
        }

        return (key, value);
    }

    private static OnnxTensor ReadTensor(ReadOnlySpan<byte> valueInfo)
    {
        const int Name = 1, Type = 2, TypeOfTensor = 1;
        string name = "";
        bool isFloat = false;
        int[]? dimensions = null;
        var fields = new ProtobufReader(valueInfo);
        while (fields.Read())
        {
            if (fields.Field == Name)
            {
                name = Encoding.UTF8.GetString(fields.Value);
            }

            var type = new ProtobufReader(fields.Field == Type ? fields.Value : default);
            while (type.Read())
            {
                if (type.Field == TypeOfTensor)
                {
                    (isFloat, dimensions) = ReadTensorType(type.Value);
                }
            }
        }

        return new OnnxTensor(name, isFloat, dimensions);
    }

    private static (bool IsFloat, int[]? Dimensions) ReadTensorType(ReadOnlySpan<byte> tensorType)
    {
        const int ElementType = 1, Shape = 2, Float = 1, Dimension = 1;
        bool isFloat = false;
        List<int>? dimensions = null;
        var fields = new ProtobufReader(tensorType);
        while (fields.Read())
        {
            if (fields.Field == ElementType)
            {
                isFloat = fields.Number == Float;
            }
            else if (fields.Field == Shape)
            {
                dimensions ??= [];
                var shape = new ProtobufReader(fields.Value);
                while (shape.Read())
                {
                    if (shape.Field == Dimension)
                    {
                        dimensions.Add(ReadDimension(shape.Value));
                    }
                }
            }
        }

        return (isFloat, dimensions?.ToArray());
    }

    private static int ReadDimension(ReadOnlySpan<byte> dimension)
    {
        const int DimensionValue = 1;
        long size = OnnxTensor.AnySize;
        var fields = new ProtobufReader(dimension);
        while (fields.Read())
        {
            if (fields.Field == DimensionValue)
            {
                size = fields.Number;
            }
        }

        return (int)Math.Clamp(size, OnnxTensor.AnySize, int.MaxValue);
    }
}

/// <summary>A tensor that a graph takes or makes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsFloat">Whether it is one of float32.</param>
/// <param name="Dimensions">Its shape, with <see cref="AnySize"/> where a dimension is not fixed; null where the file has none.</param>
internal sealed record OnnxTensor(string Name, bool IsFloat, int[]? Dimensions)
{
    /// <summary>The size of a dimension that is not fixed.</summary>
    public const int AnySize = -1;
}
