using System.Runtime.InteropServices;
using System.Text;

namespace MlNetMobileViT.Tool;

/// <summary>The rows of a run that is not complete, in a file beside its output that survives a killed process.</summary>
/// <remarks>
/// The file is a magic text, a record with the run's settings, then a record a row. A record is its length, a CRC-32C and its
/// bytes; one that was cut off or never reached the disk fails its check, and the file is cut there when it is opened again.
/// The output is written from the journal once all rows are in it, so that a resumed run's output equals an uninterrupted
/// one's. A file that does not begin as a journal does is somebody else's, and is never changed.
/// </remarks>
internal sealed class ResultJournal : IDisposable
{
    private const int MaxRecordLength = 1 << 26;
    private const int RecordHeadLength = 8;
    private const int LongestHead = 1 << 12;
    private const int LongestUnasked = 1 << 12;

    private readonly FileStream _stream;
    private readonly MemoryStream _record = new();
    private readonly BinaryWriter _writer;

    private ResultJournal(string path, FileStream stream)
    {
        FilePath = path;
        _stream = stream;
        _writer = new BinaryWriter(_record, Encoding.UTF8, leaveOpen: true);
    }

    public string FilePath { get; }

    /// <summary>The number of rows in the file.</summary>
    public long Count { get; private set; }

    /// <summary>What every version's journals begin with; the version and a line end follow.</summary>
    private static ReadOnlySpan<byte> Family => "MobileViT rows "u8;

    private static ReadOnlySpan<byte> Magic => "MobileViT rows 1\n"u8;

    /// <summary>The journal that belongs to an output.</summary>
    public static string PathFor(string output) => output + ".partial";

    /// <summary>Begins a journal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What the rows depend on, by name; a run that resumes must have the same.</param>
    /// <param name="isShared">Whether others may <see cref="Read"/> it meanwhile; the caller sees to it that nobody else writes.</param>
    public static ResultJournal Create(
        string path, IReadOnlyList<KeyValuePair<string, string>> settings, bool isShared = false)
    {
        var journal = new ResultJournal(path, Open(path, FileMode.CreateNew, FileAccess.ReadWrite, ShareOf(isShared)));
        try
        {
            journal._stream.Write(HeadOf(settings));
            return journal;
        }
        catch
        {
            journal.Delete();
            throw;
        }
    }

    /// <summary>Opens the journal of a stopped run, and hands each of its rows to <paramref name="onRow"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What the rows depend on, by name.</param>
    /// <param name="onRow">Told each row.</param>
    /// <param name="isShared">Whether others may <see cref="Read"/> it meanwhile; the caller sees to it that nobody else writes.</param>
    /// <exception cref="CommandException">The stopped run had other settings.</exception>
    public static ResultJournal Resume(
        string path, IReadOnlyList<KeyValuePair<string, string>> settings, Action<ResultRow> onRow, bool isShared = false)
    {
        ResultJournal journal = Open(path, settings, onRow, FileAccess.ReadWrite, ShareOf(isShared), out long end);
        if (end == 0)
        {
            journal._stream.SetLength(0);
            journal._stream.Write(HeadOf(settings));
        }
        else
        {
            journal._stream.SetLength(end);
            journal._stream.Position = end;
        }

        return journal;
    }

    /// <summary>Reads the rows that are whole in a journal that another run may be writing; nothing is changed.</summary>
    /// <inheritdoc cref="Resume"/>
    public static void Read(string path, IReadOnlyList<KeyValuePair<string, string>> settings, Action<ResultRow> onRow) =>
        Open(path, settings, onRow, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, out _).Dispose();

    /// <summary>What the rows of a journal depend on, by name; null where its head was cut off.</summary>
    /// <exception cref="CommandException">The file is no journal, or one of another version.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>>? ReadSettings(string path)
    {
        using FileStream stream = Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (IsCutInHead(stream, Magic))
        {
            return null;
        }

        RequireMagic(stream, path);
        return ReadRecord(stream) is { } record ? ParseSettings(record) : null;
    }

    /// <summary>Opens a journal and reads its rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What the rows depend on, by name.</param>
    /// <param name="onRow">Told each row.</param>
    /// <param name="access">What is done with the file.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <param name="end">Where the last whole row ends; 0 where even the head is not whole.</param>
    private static ResultJournal Open(
        string path,
        IReadOnlyList<KeyValuePair<string, string>> settings,
        Action<ResultRow> onRow,
        FileAccess access,
        FileShare share,
        out long end)
    {
        FileStream stream = Open(path, FileMode.Open, access, share);
        var journal = new ResultJournal(path, stream);
        try
        {
            end = 0;
            if (IsCutInHead(stream, HeadOf(settings)))
            {
                return journal;
            }

            RequireMagic(stream, path);
            if (RunSettings.Difference(ParseSettings(ReadHead(stream, path)), settings) is { } difference)
            {
                throw new CommandException(
                    $"'{path}' was begun with {difference.Describe("this run has")}. Resume with the same settings, or delete the file "
                    + "to start over.");
            }

            // The buffer is only dropped: disposing it would close the file.
            var buffered = new BufferedStream(stream, 1 << 16);
            end = buffered.Position;
            while (ReadRecord(buffered) is { } record)
            {
                onRow(ParseRow(record));
                journal.Count++;
                end = buffered.Position;
            }

            return journal;
        }
        catch (Exception exception)
        {
            journal.Dispose();
            if (exception is EndOfStreamException or FormatException or ArgumentException or OverflowException)
            {
                throw new CommandException(
                    $"'{path}' holds rows that this program did not write ({exception.Message}). Delete the file to start over.",
                    exception);
            }

            throw;
        }
    }

    /// <summary>Appends a row; once this returns, a kill of the process does not lose it.</summary>
    public void Append(ResultRow row)
    {
        _writer.Write(row.Index);
        _writer.Write(row.Path);
        _writer.Write(row.Error is not null);
        _writer.Write(row.Error ?? "");
        _writer.Write(row.Labels.Length);
        foreach (string label in row.Labels)
        {
            _writer.Write(label);
        }

        _writer.Write(row.Numbers.Length);
        _writer.Write(MemoryMarshal.AsBytes(row.Numbers.AsSpan()));

        _writer.Flush();
        _stream.Write(Framed(_record));
        _record.SetLength(0);
        Count++;
    }

    /// <summary>Reads the rows back, from the first; nothing may be appended meanwhile.</summary>
    /// <exception cref="InvalidDataException">
    /// Not all of <see cref="Count"/> rows can be read: somebody else wrote to the file, or the disk lost them.
    /// </exception>
    public IEnumerable<ResultRow> ReadRows()
    {
        // From the file that is open: another may have its name by now. The buffer is only dropped: disposing it would close it.
        _stream.Position = 0;
        var stream = new BufferedStream(_stream, 1 << 16);
        long count = 0;
        if (ReadMagic(stream) && ReadRecord(stream) is not null)
        {
            for (; count < Count && ReadRecord(stream) is { } record; count++)
            {
                yield return ParseRow(record);
            }
        }

        if (count != Count || stream.Position != stream.Length)
        {
            throw new InvalidDataException(Invariant(
                $"'{FilePath}' was damaged while the run lasted: {count:N0} of its {Count:N0} rows can be read. Run the same command with --resume, which keeps those and scores the others again."));
        }

        _stream.Position = _stream.Length;
    }

    /// <summary>Removes the file, after the output was written; one that somebody else has put in its place stays.</summary>
    public void Delete()
    {
        byte[] head = new byte[Math.Min(_stream.Length, LongestHead)];
        long length = _stream.Length;
        _stream.Position = 0;
        _stream.ReadExactly(head);
        Dispose();
        if (IsStill(head, length))
        {
            File.Delete(FilePath);
        }
    }

    private bool IsStill(byte[] head, long length)
    {
        try
        {
            // Another run holds its own journal open, so that this fails.
            using var stream = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.None);
            byte[] now = new byte[head.Length];
            return stream.Length == length && stream.ReadAtLeast(now, now.Length, throwOnEndOfStream: false) == head.Length
                && head.AsSpan().SequenceEqual(now);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _record.Dispose();
        _stream.Dispose();
    }

    private static FileShare ShareOf(bool isShared) => isShared ? FileShare.Read : FileShare.None;

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        if (FileKinds.Of(path) is var kind and (FileKind.Pipe or FileKind.Socket or FileKind.Device or FileKind.Folder))
        {
            throw new CommandException($"'{path}' is a {FileKinds.NameOf(kind)}, and rows are to be kept there; move it away.");
        }

        try
        {
            // Two runs with one output must not mix their rows. No buffer: each row is one write.
            return new FileStream(path, mode, access, share, bufferSize: 0);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new CommandException(
                $"'{path}' cannot be opened: another run may be writing to the same output, or the disk refuses. "
                + exception.Message,
                exception);
        }
    }

    private static List<KeyValuePair<string, string>> ParseSettings(byte[] record)
    {
        using var reader = new BinaryReader(new MemoryStream(record), Encoding.UTF8);
        int count = reader.ReadInt32();
        var settings = new List<KeyValuePair<string, string>>();
        for (int i = 0; i < count; i++)
        {
            settings.Add(new(reader.ReadString(), reader.ReadString()));
        }

        return settings;
    }

    private static ResultRow ParseRow(byte[] record)
    {
        using var reader = new BinaryReader(new MemoryStream(record), Encoding.UTF8);
        long index = reader.ReadInt64();
        string path = reader.ReadString();
        bool failed = reader.ReadBoolean();
        string error = reader.ReadString();
        string[] labels = new string[reader.ReadInt32()];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = reader.ReadString();
        }

        float[] numbers = new float[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return new ResultRow(index, path, failed ? error : null, labels, numbers);
    }

    /// <summary>Checks that a file begins as this version's journals do.</summary>
    /// <exception cref="CommandException">It is no journal, or one of another version.</exception>
    private static void RequireMagic(FileStream stream, string path)
    {
        Span<byte> start = stackalloc byte[Magic.Length];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!Magic.SequenceEqual(start[..length]))
        {
            throw new CommandException(start.StartsWith(Family)
                ? $"'{path}' holds the rows of a run of another version of this program. Resume with that version, or delete the file to start over."
                : $"'{path}' is not the file of a stopped run; it is left as it is. Move it away, or write to another output.");
        }
    }

    /// <summary>Whether the process was killed while it wrote the head of the file, so that nothing can be behind it.</summary>
    private static bool IsCutInHead(FileStream stream, ReadOnlySpan<byte> head)
    {
        if (stream.Length >= head.Length)
        {
            return false;
        }

        byte[] start = new byte[stream.Length];
        stream.ReadExactly(start);
        stream.Position = 0;
        return head.StartsWith(start);
    }

    private static bool ReadMagic(Stream stream)
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        return stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual(Magic);
    }

    private static byte[] ReadHead(FileStream stream, string path) => ReadRecord(stream)
        ?? throw new CommandException($"'{path}' is damaged in its first record. Delete the file to start over.");

    /// <summary>The next record, or null at the end or where it is not whole.</summary>
    private static byte[]? ReadRecord(Stream stream)
    {
        Span<byte> head = stackalloc byte[RecordHeadLength];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            return null;
        }

        int length = BitConverter.ToInt32(head);
        // No memory is taken for what a damaged length promises. To ask the system for the length of the file takes longer than most records.
        if (length is <= 0 or > MaxRecordLength || (length > LongestUnasked && length > stream.Length - stream.Position))
        {
            return null;
        }

        byte[] record = new byte[length];
        return stream.ReadAtLeast(record, length, throwOnEndOfStream: false) == length && Crc32C.Of(record) == BitConverter.ToUInt32(head[4..])
            ? record
            : null;
    }

    /// <summary>What the file begins with: the magic text and the settings.</summary>
    private static byte[] HeadOf(IReadOnlyList<KeyValuePair<string, string>> settings)
    {
        using var record = new MemoryStream();
        using var writer = new BinaryWriter(record, Encoding.UTF8);
        writer.Write(settings.Count);
        foreach ((string name, string value) in settings)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Flush();
        return [.. Magic, .. Framed(record)];
    }

    private static byte[] Framed(MemoryStream record)
    {
        ReadOnlySpan<byte> payload = record.GetBuffer().AsSpan(0, (int)record.Length);
        byte[] framed = new byte[payload.Length + RecordHeadLength];
        BitConverter.TryWriteBytes(framed, payload.Length);
        BitConverter.TryWriteBytes(framed.AsSpan(sizeof(int)), Crc32C.Of(payload));
        payload.CopyTo(framed.AsSpan(RecordHeadLength));
        return framed;
    }
}
