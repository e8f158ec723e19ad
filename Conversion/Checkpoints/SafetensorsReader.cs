using System.Buffers.Binary;
using System.Text.Json;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Reads safetensors files: a 64-bit length, a JSON header that describes the tensors, then their bytes, one after the other
/// without gaps (<see href="https://github.com/huggingface/safetensors#format"/>).
/// </summary>
internal static class SafetensorsReader
{
    /// <summary>The longest header that is read, in bytes; those of MobileViT have some 30 KB.</summary>
    public const int MaxHeaderLength = 16 << 20;

    private const string MetadataName = "__metadata__";

    private static readonly JsonDocumentOptions HeaderOptions = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static StateDict Read(CheckpointFile file)
    {
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (headerLength > (ulong)(file.Length - sizeof(ulong)))
        {
            throw file.Error($"is cut short: its header claims {headerLength} bytes of {file.Length}");
        }

        if (headerLength > MaxHeaderLength)
        {
            throw file.Error($"has a header of {headerLength} bytes, more than the {MaxHeaderLength} that are read");
        }

        var header = file.Bytes.Slice(sizeof(ulong), (int)headerLength);
        var data = file.Bytes[(sizeof(ulong) + (int)headerLength)..];
        List<Entry> entries;
        try
        {
            entries = ReadHeader(file, header, data.Length);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // System.Text.Json reports an escaped half of a surrogate pair as an InvalidOperationException.
            throw file.Error("is damaged: its header is not valid JSON, or names a tensor twice");
        }

        RefuseGaps(file, entries, data.Length);
        return new StateDict(
            [.. entries.Select(entry => new CheckpointTensor(
                entry.Name,
                entry.DataType,
                data[entry.Begin..entry.End],
                offset: 0,
                entry.Shape,
                TensorBounds.ContiguousStrides(entry.Shape)))],
            Path: [],
            Others: []);
    }

    private static List<Entry> ReadHeader(CheckpointFile file, ReadOnlyMemory<byte> header, int dataLength)
    {
        using var document = JsonDocument.Parse(header, HeaderOptions);
        var entries = new List<Entry>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name != MetadataName)
            {
                entries.Add(ReadEntry(file, property.Name, property.Value, dataLength));
            }
        }

        return entries.Count > 0 ? entries : throw file.Error("holds no tensors");
    }

    private static Entry ReadEntry(CheckpointFile file, string name, JsonElement value, int dataLength)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shapeElement) || Integers(shapeElement) is not { } sizes
            || !value.TryGetProperty("data_offsets", out var offsets) || Integers(offsets) is not { } range)
        {
            throw Error(file, name, "is described without a dtype, a shape or data_offsets of the form that they have");
        }

        var dataType = ReadType(file, name, type.GetString()!);
        if (range is not [>= 0, _] || range[1] < range[0] || range[1] > dataLength)
        {
            throw Error(file, name, $"lies at [{string.Join(", ", range)}], outside the file's {dataLength} bytes of data");
        }

        if (TensorBounds.CheckShape(sizes, file.Length, out int[] shape, out long elements) is { } problem)
        {
            throw Error(file, name, problem);
        }

        return elements * dataType.ByteSize() == range[1] - range[0]
            ? new Entry(name, dataType, shape, (int)range[0], (int)range[1])
            : throw Error(file, name, $"of shape [{string.Join(", ", shape)}] has {range[1] - range[0]} bytes, not "
                + $"{elements * dataType.ByteSize()}");
    }

    private static TensorDataType ReadType(CheckpointFile file, string name, string text) => text switch
    {
        "F32" => TensorDataType.Float32,
        "F16" => TensorDataType.Float16,
        "BF16" => TensorDataType.BFloat16,
        "F64" => TensorDataType.Float64,
        "I64" => TensorDataType.Int64,
        "I32" => TensorDataType.Int32,
        "I16" => TensorDataType.Int16,
        "I8" => TensorDataType.Int8,
        "U8" => TensorDataType.UInt8,
        "BOOL" => TensorDataType.Boolean,
        _ => throw Error(file, name, $"is of type {CheckpointFile.Quote(text)}, which is not read; convert it to F32"),
    };

    private static long[]? Integers(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array
        && array.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out _))
            ? [.. array.EnumerateArray().Select(static item => item.GetInt64())]
            : null;

    private static void RefuseGaps(CheckpointFile file, List<Entry> entries, int dataLength)
    {
        int end = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != end)
            {
                throw Error(file, entry.Name, entry.Begin < end
                    ? "overlaps the one before it"
                    : $"begins at byte {entry.Begin} of the data, after a gap of {entry.Begin - end} bytes");
            }

            end = entry.End;
        }

        if (end != dataLength)
        {
            throw file.Error($"has {dataLength - end} bytes after the last tensor");
        }
    }

    private static InvalidDataException Error(CheckpointFile file, string name, string problem) =>
        file.Error($"cannot be used: its tensor {CheckpointFile.Quote(name)} {problem}");

    private readonly record struct Entry(string Name, TensorDataType DataType, int[] Shape, int Begin, int End);
}
