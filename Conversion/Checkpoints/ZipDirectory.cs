using System.Buffers.Binary;
using System.Text;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// The entries of a zip archive in memory, as <c>torch.save</c> writes them: stored, never compressed. Sizes and offsets come
/// from the central directory and are checked against the file and the entries' own headers; nothing is copied or written,
/// and an entry's name is only ever compared.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int EntryLength = 46;
    private const int LocalLength = 30;

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public ZipDirectory(CheckpointFile file)
    {
        _file = file;
        ReadEntries();
    }

    public IEnumerable<string> Names => _entries.Keys;

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>The content of an entry, its checksum compared.</summary>
    /// <returns><see langword="null"/> where there is no such entry.</returns>
    public ReadOnlyMemory<byte>? Find(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            return null;
        }

        var content = _file.Bytes.Slice(entry.Start, entry.Length);
        return Crc32.Compute(content.Span) == entry.Crc
            ? content
            : throw Error(name, "does not match its checksum; download or copy the file again");
    }

    private void ReadEntries()
    {
        var bytes = _file.Span;
        int end = FindEnd(bytes);
        var record = bytes[end..];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != 0
            || BinaryPrimitives.ReadUInt16LittleEndian(record[8..]) != count
            || (ulong)start + size > (ulong)end)
        {
            throw _file.Error("is damaged: the directory of its zip archive does not lie within it");
        }

        int position = (int)start;
        int directoryEnd = (int)(start + size);
        for (int i = 0; i < count; i++)
        {
            position = ReadEntry(position, directoryEnd);
        }

        RefuseOverlaps((int)start);
    }

    private int FindEnd(ReadOnlySpan<byte> bytes)
    {
        int earliest = Math.Max(0, bytes.Length - EndLength - ushort.MaxValue);
        for (int position = bytes.Length - EndLength; position >= earliest; position--)
        {
            var record = bytes[position..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(record) == EndSignature
                && BinaryPrimitives.ReadUInt16LittleEndian(record[20..]) == record.Length - EndLength)
            {
                return position;
            }
        }

        throw _file.Error("is cut short: the zip archive has no directory at its end; download or copy the file again");
    }

    private int ReadEntry(int position, int directoryEnd)
    {
        var bytes = _file.Span;
        if (directoryEnd - position < EntryLength
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]) != EntrySignature)
        {
            throw _file.Error("is damaged: the directory of its zip archive is malformed");
        }

        var header = bytes.Slice(position, EntryLength);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        uint packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        int next = position + EntryLength + nameLength
            + BinaryPrimitives.ReadUInt16LittleEndian(header[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        uint local = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        if (next > directoryEnd)
        {
            throw _file.Error("is damaged: the directory of its zip archive is malformed");
        }

        var nameBytes = bytes.Slice(position + EntryLength, nameLength);
        string name = Encoding.UTF8.GetString(nameBytes);
        if (!IsPlainName(name))
        {
            throw Error(name, "has a name that is no plain relative path");
        }

        if ((flags & 1) != 0 || method != 0)
        {
            throw Error(name, (flags & 1) != 0
                ? "is encrypted"
                : "is compressed, which torch.save never does; unpack the archive and zip it again without compression");
        }

        if (packed != size)
        {
            throw Error(name, $"is stored, but claims {packed} bytes for {size}");
        }

        int start = FindContent(name, nameBytes, local);
        if (size > (uint)(bytes.Length - start))
        {
            throw Error(name, $"claims {size} bytes, more than the file has");
        }

        if (!_entries.TryAdd(name, new Entry((int)local, start, (int)size, crc)))
        {
            throw Error(name, "is there twice");
        }

        return next;
    }

    private int FindContent(string name, ReadOnlySpan<byte> nameBytes, uint local)
    {
        var bytes = _file.Span;
        if (local > bytes.Length - LocalLength
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)local..]) != LocalSignature)
        {
            throw Error(name, "does not begin where the archive's directory says");
        }

        var header = bytes.Slice((int)local, LocalLength);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        long start = (long)local + LocalLength + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (start > bytes.Length || !bytes.Slice((int)local + LocalLength, nameLength).SequenceEqual(nameBytes))
        {
            throw Error(name, "has another name in its own header");
        }

        return (int)start;
    }

    private void RefuseOverlaps(int directoryStart)
    {
        string? previous = null;
        int end = 0;
        foreach (var (name, entry) in _entries.OrderBy(pair => pair.Value.Header).ThenBy(pair => pair.Value.Start))
        {
            if (entry.Header < end)
            {
                throw Error(name, $"overlaps the entry {CheckpointFile.Quote(previous!)}");
            }

            previous = name;
            end = entry.Start + entry.Length;
        }

        if (end > directoryStart)
        {
            throw Error(previous!, "overlaps the archive's directory");
        }
    }

    private static bool IsPlainName(string name) =>
        name.Length > 0
        && name[0] != '/'
        && name.AsSpan().IndexOfAny('\\', ':', '\0') < 0
        && !name.Split('/').Contains("..");

    private InvalidDataException Error(string name, string problem) =>
        _file.Error($"cannot be used: its entry {CheckpointFile.Quote(name)} {problem}");

    private readonly record struct Entry(int Header, int Start, int Length, uint Crc);
}
