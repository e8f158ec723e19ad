using System.Runtime.InteropServices;

namespace MlNetMobileViT;

/// <summary>The messages of onnx.proto that the files inside a saved pipeline are made of.</summary>
internal static class OnnxMessages
{
    // Field numbers of onnx.proto.
    public const int ModelGraph = 7;
    public const int ModelMetadataProps = 14;
    public const int GraphNode = 1;
    public const int GraphName = 2;
    public const int GraphInitializer = 5;
    public const int GraphInput = 11;
    public const int GraphOutput = 12;
    private const int ModelIrVersion = 1;
    private const int ModelOpsetImport = 8;
    private const int TensorName = 8;
    private const int TensorRawData = 9;
    private const string MachineLearningDomain = "ai.onnx.ml";

    // Data types of tensors, and types of attributes.
    private const int Float = 1;
    private const int Int64 = 7;
    private const int String = 8;
    private const int AttributeInteger = 2;
    private const int AttributeText = 3;
    private const int AttributeIntegers = 7;
    private const int AttributeTexts = 8;

    /// <summary>A file with a graph of ONNX's standard operators, and those for machine learning.</summary>
    public static ProtobufWriter File(ProtobufWriter graph) => new ProtobufWriter()
        .Integer(ModelIrVersion, 8)
        .Message(ModelOpsetImport, new ProtobufWriter().Text(1, "").Integer(2, 18))
        .Message(ModelOpsetImport, new ProtobufWriter().Text(1, MachineLearningDomain).Integer(2, 2))
        .Message(ModelGraph, graph);

    public static ProtobufWriter Node(string type, string name, IEnumerable<string> inputs, IEnumerable<string> outputs) =>
        new ProtobufWriter().Texts(1, inputs).Texts(2, outputs).Text(3, name).Text(4, type);

    /// <summary>
    /// ML.NET's convention: its ONNX transform takes the slot names of a column from a node of this name, and nothing reads
    /// what the node makes.
    /// </summary>
    public static void AddSlotNames(ProtobufWriter graph, string column, IReadOnlyList<string> slotNames)
    {
        string name = $"mlnet.{column}.SlotNames";
        graph.Message(
            GraphInitializer,
            new ProtobufWriter().Integer(1, 1).Integer(2, String).Text(6, "unused").Text(TensorName, $"mlnet.{column}.unusedInput"));
        ProtobufWriter keys = new ProtobufWriter().Text(1, "keys_strings").Texts(9, slotNames).Integer(20, AttributeTexts);
        ProtobufWriter values = new ProtobufWriter()
            .Text(1, "values_int64s").Integers(8, Enumerable.Range(0, slotNames.Count)).Integer(20, AttributeIntegers);
        graph.Message(
            GraphNode,
            LabelEncoder(name, $"mlnet.{column}.unusedInput", $"mlnet.{column}.unusedOutput").Message(5, keys).Message(5, values));
    }

    /// <summary>A node that gives each number from 0 its text, and all others none.</summary>
    public static ProtobufWriter TextsOf(string input, string output, IReadOnlyList<string> texts) =>
        LabelEncoder(output, input, output)
            .Message(5, new ProtobufWriter()
                .Text(1, "keys_int64s").Integers(8, Enumerable.Range(0, texts.Count)).Integer(20, AttributeIntegers))
            .Message(5, new ProtobufWriter().Text(1, "values_strings").Texts(9, texts).Integer(20, AttributeTexts))
            .Message(5, new ProtobufWriter().Text(1, "default_string").Text(4, "").Integer(20, AttributeText));

    public static ProtobufWriter AxisOne() => Attribute("axis", 1);

    /// <summary>An attribute that is an integer.</summary>
    public static ProtobufWriter Attribute(string name, int value) =>
        new ProtobufWriter().Text(1, name).Integer(3, value).Integer(20, AttributeInteger);

    public static ProtobufWriter Int64Tensor(string name, int[] values) =>
        new ProtobufWriter().Integer(1, values.Length).Integer(2, Int64).Integers(7, values).Text(TensorName, name);

    public static ProtobufWriter FloatTensor(string name, ReadOnlySpan<float> values, params int[] shape) =>
        new ProtobufWriter()
            .Integers(1, shape).Integer(2, Float).Text(TensorName, name).Bytes(TensorRawData, MemoryMarshal.AsBytes(values));

    public static ProtobufWriter ValueInfo(string name, int[] shape) => ValueInfo(name, shape, Float);

    /// <summary>An input or output that is text.</summary>
    public static ProtobufWriter TextInfo(string name, int[] shape) => ValueInfo(name, shape, String);

    private static ProtobufWriter LabelEncoder(string name, string input, string output) =>
        Node("LabelEncoder", name, [input], [output]).Text(7, MachineLearningDomain);

    private static ProtobufWriter ValueInfo(string name, int[] shape, int type)
    {
        var dimensions = new ProtobufWriter();
        foreach (int side in shape)
        {
            dimensions.Message(1, new ProtobufWriter().Integer(1, side));
        }

        ProtobufWriter tensor = new ProtobufWriter().Integer(1, type).Message(2, dimensions);
        return new ProtobufWriter().Text(1, name).Message(2, new ProtobufWriter().Message(1, tensor));
    }
}
