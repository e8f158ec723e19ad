using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>An ONNX file of this converter, read back: the graph and what it says about itself.</summary>
internal sealed record OnnxModelFile(string FilePath, byte[] Bytes, ModelProto Model, ModelMetadata Metadata)
{
    /// <summary>The largest file that is read: far above any MobileViT.</summary>
    public const long MaxBytes = 1L << 30;

    /// <summary>
    /// Whether a file's first bytes are those of an ONNX model: the field <c>ir_version</c> with a small value. No checkpoint
    /// begins so: zip archives begin with <c>PK</c>, pickles with 0x80, and a safetensors header has a brace at its ninth byte.
    /// </summary>
    public static bool LooksLikeOnnx(string path)
    {
        Span<byte> start = stackalloc byte[9];
        using var stream = File.OpenRead(path);
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return length == start.Length && start[0] == 0x08 && start[1] is > 0 and < 0x40 && start[8] != '{';
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or not one of this converter.</exception>
    public static OnnxModelFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException($"'{path}' is larger than {MaxBytes >> 20} MiB, which no MobileViT is.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException(
                $"'{path}' is not an ONNX file, or is cut off. Convert the checkpoint again, or copy the file again.", exception);
        }

        if (model.Graph is null)
        {
            throw new InvalidDataException($"'{path}' is not an ONNX file: it holds no graph.");
        }

        var duplicate = model.MetadataProps.CountBy(property => property.Key).FirstOrDefault(pair => pair.Value > 1);
        if (duplicate.Key is not null)
        {
            throw new InvalidDataException($"'{path}' has '{duplicate.Key}' twice in its metadata.");
        }

        return new OnnxModelFile(
            path,
            bytes,
            model,
            ModelMetadata.FromProperties(model.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value), path));
    }
}
