using System.Security.Cryptography;
using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>A whole ONNX model: an architecture with its weights as a graph, and what the file says about itself.</summary>
internal static class OnnxModel
{
    /// <summary>
    /// The ONNX opset of the graph: 17 brought LayerNormalization, 18 the <c>axes</c> attribute of Resize and the axes of
    /// ReduceMean as an input.
    /// </summary>
    public const int OpsetVersion = 18;

    /// <summary>The IR version that came with <see cref="OpsetVersion"/> (ONNX 1.13).</summary>
    public const int IrVersion = 8;

    /// <summary>The version of the converter, which the file names.</summary>
    public static readonly string ProducerVersion = typeof(OnnxModel).Assembly.GetName().Version!.ToString(3);

    private const int MicrosoftOpsetVersion = 1;
    private const int MachineLearningOpsetVersion = 2;

    /// <summary>Builds the model.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="weights">The tensors of the state dict by canonical name.</param>
    /// <param name="style">Shapes and operators.</param>
    /// <param name="outputs">The names of the outputs, of <see cref="ModelOutputs"/>.</param>
    /// <param name="labels">The class labels, which become slot names for ML.NET; empty for none.</param>
    /// <param name="describe">Makes the metadata from what is known only now: the MACs and the hash of the weights.</param>
    /// <exception cref="OverflowException">Weights are beyond the range of the style's precision; the message names them.</exception>
    public static ModelProto Build(
        MobileViTArchitecture architecture,
        IReadOnlyDictionary<string, float[]> weights,
        GraphStyle style,
        IReadOnlyList<string> outputs,
        IReadOnlyList<string> labels,
        Func<long, string, ModelMetadata> describe)
    {
        var graph = new OnnxGraph("mobilevit", style.Precision);
        var network = new NetworkGraph(graph, weights, style);
        IReadOnlyDictionary<string, GraphTensor> available = new MobileViTNetwork(architecture).Forward(network);
        foreach (string output in outputs)
        {
            network.AddOutput(output, available[output]);
        }

        if (labels.Count > 0)
        {
            foreach (string output in outputs.Intersect([ModelOutputs.Logits, ModelOutputs.Probabilities]))
            {
                AddSlotNames(graph, output, labels);
            }
        }

        graph.RemoveUnused(outputs);
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "MlNetMobileViT",
            ProducerVersion = ProducerVersion,
            Graph = graph.Proto,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = OpsetVersion });
        model.OpsetImport.AddRange(graph.Domains.Select(static domain => new OperatorSetIdProto
        {
            Domain = domain,
            Version = domain == OnnxGraph.MicrosoftDomain ? MicrosoftOpsetVersion : MachineLearningOpsetVersion,
        }));
        model.MetadataProps.AddRange(describe(network.Macs, WeightsSha256(model)).ToProperties()
            .Select(static property => new StringStringEntryProto { Key = property.Key, Value = property.Value }));
        return model;
    }

    /// <summary>
    /// The SHA-256 over every initializer in its order: name, type, dimensions and bytes, each with its length before it
    /// where the length varies. <c>verify</c> compares it with the metadata.
    /// </summary>
    public static string WeightsSha256(ModelProto model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            Append(ByteString.CopyFromUtf8(tensor.Name));
            AppendInteger(tensor.DataType);
            AppendInteger(tensor.Dims.Count);
            foreach (long dimension in tensor.Dims)
            {
                AppendInteger(dimension);
            }

            Append(tensor.RawData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(ByteString bytes)
        {
            AppendInteger(bytes.Length);
            hash.AppendData(bytes.Span);
        }

        void AppendInteger(long value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }

    /// <summary>Multiply-accumulate operations of an architecture for one picture.</summary>
    public static long CountMacs(MobileViTArchitecture architecture, int height, int width)
    {
        var network = new MobileViTNetwork(architecture);
        var zeros = network.Tensors.ToDictionary(static spec => spec.Name, static spec => new float[spec.ElementCount]);
        var graph = new NetworkGraph(new OnnxGraph("count"), zeros, new GraphStyle(height, width));
        network.Forward(graph);
        return graph.Macs;
    }

    /// <summary>
    /// ML.NET's convention for class names: its <c>OnnxTransformer</c> gives a score column the slot names that it finds in a
    /// <c>LabelEncoder</c> node of this name. Nothing reads the node's output, so other runtimes drop it.
    /// </summary>
    private static void AddSlotNames(OnnxGraph graph, string output, IReadOnlyList<string> labels) => graph.MultiOutputNode(
        "LabelEncoder",
        $"mlnet.{output}.SlotNames",
        [graph.Text($"mlnet.{output}.unusedInput", "unused")],
        [$"mlnet.{output}.unusedOutput"],
        [
            new("keys_strings", labels.ToArray()),
            new("values_int64s", Enumerable.Range(0, labels.Count).Select(static index => (long)index).ToArray()),
        ],
        OnnxGraph.MachineLearningDomain);
}
