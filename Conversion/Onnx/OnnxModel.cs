using System.Reflection;
using System.Security.Cryptography;
using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>A whole ONNX model: a graph, and what the file says about itself.</summary>
internal static class OnnxModel
{
    /// <summary>
    /// The ONNX opset of the graph: 17 brought LayerNormalization, 18 the <c>axes</c> attribute of Resize and the axes of
    /// ReduceMean as an input.
    /// </summary>
    public const int OpsetVersion = 18;

    /// <summary>The IR version that came with <see cref="OpsetVersion"/> (ONNX 1.13).</summary>
    public const int IrVersion = 8;

    /// <summary>
    /// The version of the converter, which the file names: three numbers, without what tells two builds before a release apart, so
    /// that the bytes of a file, and the name under which a cache keeps it, do not change with every commit.
    /// </summary>
    public static readonly string ProducerVersion = typeof(OnnxModel).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('-', '+')[0];

    private const int MicrosoftOpsetVersion = 1;
    private const int MachineLearningOpsetVersion = 2;

    /// <summary>Makes a model of a finished graph: the last step, which changes it no more.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="metadata">What the file says about itself, with <see cref="WeightsSha256"/> of the graph.</param>
    public static ModelProto Stamp(OnnxGraph graph, ModelMetadata metadata)
    {
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
        model.MetadataProps.AddRange(metadata.ToProperties()
            .Select(static property => new StringStringEntryProto { Key = property.Key, Value = property.Value }));
        return model;
    }

    /// <summary>
    /// The SHA-256 over every initializer in its order: name, type, dimensions and bytes, each with its length before it
    /// where the length varies. <c>verify</c> compares it with the metadata.
    /// </summary>
    public static string WeightsSha256(GraphProto graph)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TensorProto tensor in graph.Initializer)
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
}
