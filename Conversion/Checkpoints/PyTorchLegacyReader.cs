using System.Buffers.Binary;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Reads the files that <c>torch.save</c> wrote before PyTorch 1.6: pickles of a magic number, the protocol, facts about the
/// writing machine, the object and the list of storage keys; then for each key a 64-bit count of elements and their bytes.
/// </summary>
internal static class PyTorchLegacyReader
{
    private const long Protocol = 1001;

    // 0x1950a86a20f9469cfc6c, too long for a 64-bit integer.
    private static ReadOnlySpan<byte> Magic => [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    /// <summary>Whether a file begins with the pickle of the magic number, of whatever protocol.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> bytes)
    {
        const int Proto = 2, Frame = 9, LongPrefix = 2;
        if (bytes.Length < Proto + Frame + LongPrefix + Magic.Length || bytes[0] != Opcode.Proto)
        {
            return false;
        }

        var number = bytes[(bytes[Proto] == Opcode.Frame ? Proto + Frame : Proto)..];
        return number[0] == Opcode.Long1 && number[1] == Magic.Length && number[LongPrefix..].StartsWith(Magic);
    }

    public static StateDict Read(CheckpointFile file, string? stateDictKey)
    {
        int position = 0;
        ReadPickle(file, ref position);
        if (ReadPickle(file, ref position).Value is not Protocol)
        {
            throw file.Error($"is of a version of torch.save that is not known; only {Protocol} is");
        }

        if (ReadPickle(file, ref position).Value is PickledDictionary machine && machine.Find("little_endian") is false)
        {
            throw file.Error("was written on a big-endian machine; only little-endian checkpoints are read");
        }

        var content = ReadPickle(file, ref position);
        var keys = ReadPickle(file, ref position).Value as List<object?>
            ?? throw file.Error("is damaged: the list of its storages is missing");
        var storages = ReadStorages(file, position, keys, content.Storages);
        return StateDict.Select(
            file, content, stateDictKey, storage => storages.TryGetValue(storage.Key, out var bytes) ? bytes : null);
    }

    private static PickleContent ReadPickle(CheckpointFile file, ref int position)
    {
        var content = PickleReader.Read(file, file.Bytes[position..]);
        position += content.Length;
        return content;
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadStorages(
        CheckpointFile file, int position, List<object?> keys, IReadOnlyList<PickledStorage> references)
    {
        var types = new Dictionary<string, PickleGlobal>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            if (!types.TryAdd(reference.Key, reference.Type)
                && (types[reference.Key].DataType, types[reference.Key].ElementBytes)
                    != (reference.Type.DataType, reference.Type.ElementBytes))
            {
                throw Error(reference.Key, "has elements of two types");
            }
        }

        var storages = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (object? item in keys)
        {
            if (item is not string key || !types.TryGetValue(key, out var type))
            {
                throw file.Error("is damaged: the list of its storages has one that no tensor uses, or of a class that is not known");
            }

            if (file.Length - position < sizeof(long))
            {
                throw Error(key, "is cut short");
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Span[position..]);
            position += sizeof(long);
            if (count < 0 || count > (file.Length - position) / type.ElementBytes)
            {
                throw Error(key, $"claims {count} elements, more than the file has; it may be cut short");
            }

            int length = (int)count * type.ElementBytes;
            if (!storages.TryAdd(key, file.Bytes.Slice(position, length)))
            {
                throw Error(key, "is there twice");
            }

            position += length;
        }

        return storages;

        InvalidDataException Error(string key, string problem) =>
            file.Error($"cannot be used: its storage {CheckpointFile.Quote(key)} {problem}");
    }
}
