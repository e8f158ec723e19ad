using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Reads a pickle as data. A pickle is a program; this reader knows the opcodes that the pickles of checkpoints are made of
/// (Python's <c>pickletools</c> documents them), and calls nothing. What is made with globals that are not in
/// <see cref="KnownGlobals"/> is a <see cref="PickledObject"/>, of which nothing is kept; those in
/// <see cref="RefusedGlobals"/> refuse the file.
/// </summary>
/// <remarks>
/// <para>
/// Values: <see langword="null"/>, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>,
/// <see cref="PickledData"/>, <c>object?[]</c> (tuple), <c>List&lt;object?&gt;</c> (list or set),
/// <see cref="PickledDictionary"/>, <see cref="PickleGlobal"/>, <see cref="PickledStorage"/>, <see cref="PickledTensor"/>,
/// <see cref="PickledObject"/>.
/// </para>
/// <para>
/// The reader loops over the opcodes and never recurses, whatever the nesting. Bounds: <see cref="MaxBytes"/>,
/// <see cref="MaxOpcodes"/> and <see cref="MaxBytesPerOpcode"/>.
/// </para>
/// </remarks>
internal sealed partial class PickleReader(CheckpointFile file, ReadOnlyMemory<byte> bytes)
{
    /// <summary>The longest pickle that is read; those of MobileViT state dicts have some 60 KB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The most opcodes that are read; MobileViT state dicts have some 10,000.</summary>
    public const int MaxOpcodes = 1_000_000;

    /// <summary>
    /// What an opcode allocates at most, on average, beside the text that the pickle itself holds: one small object, and its
    /// share in a growing collection.
    /// </summary>
    public const int MaxBytesPerOpcode = 160;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly CheckpointFile _file = file;
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private readonly Stack<int> _marks = [];
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly List<PickledStorage> _storages = [];
    private int _position;
    private int _steps;

    /// <summary>Reads one pickle.</summary>
    /// <param name="file">The file, for error messages.</param>
    /// <param name="bytes">Bytes that begin with a pickle.</param>
    /// <exception cref="InvalidDataException">The pickle is malformed, or is more than data.</exception>
    public static PickleContent Read(CheckpointFile file, ReadOnlyMemory<byte> bytes)
    {
        var reader = new PickleReader(file, bytes[..Math.Min(bytes.Length, MaxBytes)]);
        object? value = reader.Run();
        return new PickleContent(
            value, reader._position, reader._storages, [.. reader._foreign.Values.Select(static global => global.Name)]);
    }

    private object? Run()
    {
        while (true)
        {
            Spend(1);
            byte opcode = Take(1)[0];
            switch (opcode)
            {
                case Opcode.Proto:
                    byte protocol = Take(1)[0];
                    if (protocol is < 2 or > 5)
                    {
                        throw Error($"is of protocol {protocol}; protocols 2 to 5 are read");
                    }

                    break;
                case Opcode.Frame:
                    TakeLength(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)), consume: false);
                    break;
                case Opcode.Stop:
                    object? result = Pop();
                    if (_stack.Count > 0 || _marks.Count > 0)
                    {
                        throw Error("ends with values left over");
                    }

                    return result;
                case Opcode.Mark:
                    _marks.Push(_stack.Count);
                    break;
                case Opcode.Append:
                    AddItems(PopMany(1), inPairs: false);
                    break;
                case Opcode.Appends or Opcode.AddItems:
                    AddItems(PopMarked(), inPairs: false);
                    break;
                case Opcode.SetItem:
                    AddItems(PopMany(2), inPairs: true);
                    break;
                case Opcode.SetItems:
                    AddItems(PopMarked(), inPairs: true);
                    break;
                case Opcode.Build:
                    Build(Pop());
                    break;
                case Opcode.BinPut:
                    Remember(Take(1)[0]);
                    break;
                case Opcode.LongBinPut:
                    Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                    break;
                case Opcode.Memoize:
                    Remember((uint)_memo.Count);
                    break;
                // Python's own pickler uses it to take back a mark as well as a value.
                case Opcode.Pop when _marks.TryPeek(out int mark) && mark == _stack.Count:
                    _marks.Pop();
                    break;
                case Opcode.Pop:
                    Pop();
                    break;
                case Opcode.PopMark:
                    PopMarked();
                    break;
                default:
                    _stack.Add(Value(opcode));
                    break;
            }
        }
    }

    /// <summary>Counts what takes time and memory: opcodes, and the items that one of them copies.</summary>
    private void Spend(int steps)
    {
        if ((_steps += steps) > MaxOpcodes)
        {
            throw Error($"has more than {MaxOpcodes} steps");
        }
    }

    /// <summary>The value that an opcode puts on the stack.</summary>
    private object? Value(byte opcode) => opcode switch
    {
        Opcode.None => null,
        Opcode.NewTrue => true,
        Opcode.NewFalse => false,
        Opcode.BinInt => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        Opcode.BinInt1 => (long)Take(1)[0],
        Opcode.BinInt2 => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        Opcode.Long1 => ReadLong(Take(1)[0]),
        Opcode.BinFloat => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        Opcode.ShortBinUnicode => ReadText(Take(1)[0]),
        Opcode.BinUnicode => ReadText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
        Opcode.BinUnicode8 => ReadText(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))),
        Opcode.ShortBinString => ReadLatin1(Take(1)[0]),
        Opcode.BinString => ReadLatin1(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
        Opcode.ShortBinBytes => ReadData(Take(1)[0]),
        Opcode.BinBytes => ReadData(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
        Opcode.BinBytes8 or Opcode.ByteArray8 => ReadData(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))),
        Opcode.EmptyTuple => Array.Empty<object?>(),
        Opcode.Tuple1 => PopMany(1),
        Opcode.Tuple2 => PopMany(2),
        Opcode.Tuple3 => PopMany(3),
        Opcode.Tuple => PopMarked(),
        Opcode.EmptyList or Opcode.EmptySet => new List<object?>(),
        Opcode.FrozenSet or Opcode.List => new List<object?>(PopMarked()),
        Opcode.EmptyDict => new PickledDictionary(),
        Opcode.Dict => SetItems(new PickledDictionary(), PopMarked()),
        Opcode.BinGet => Recall(Take(1)[0]),
        Opcode.LongBinGet => Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
        Opcode.Dup => Peek(),
        _ => Execute(opcode),
    };

    private void AddItems(object?[] items, bool inPairs)
    {
        switch (Peek())
        {
            case List<object?> list when !inPairs:
                list.AddRange(items);
                break;
            case PickledDictionary dictionary when inPairs:
                SetItems(dictionary, items);
                break;
            case PickledObject instance:
                Put(instance, items);
                break;
            default:
                throw Error($"adds to something that is not a {(inPairs ? "dictionary" : "list or set")}");
        }
    }

    private PickledDictionary SetItems(PickledDictionary dictionary, ReadOnlySpan<object?> items)
    {
        if (items.Length % 2 != 0)
        {
            throw Error("has a dictionary key without a value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Entries.Add(new KeyValuePair<object?, object?>(items[i], items[i + 1]));
        }

        return dictionary;
    }

    private object ReadLong(int length)
    {
        var bytes = TakeMemory((ulong)length);
        if (length > sizeof(long))
        {
            return new PickledData(bytes);
        }

        long value = length > 0 && (bytes.Span[^1] & 0x80) != 0 ? -1 : 0;
        for (int i = length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes.Span[i];
        }

        return value;
    }

    private string ReadText(ulong length)
    {
        var bytes = TakeMemory(length).Span;
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return DecodeSurrogates(bytes) ?? throw Error("holds text that is not UTF-8");
        }
    }

    /// <summary>
    /// Text with single surrogates, which Python has for the bytes of a file name that is not UTF-8, and which its pickler
    /// writes as three bytes each; null where the bytes are no such text either.
    /// </summary>
    private static string? DecodeSurrogates(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else if (bytes is [0xED, var second and >= 0xA0 and <= 0xBF, var third and >= 0x80 and <= 0xBF, ..])
            {
                text.Append((char)(0xD000 | ((second & 0x3F) << 6) | (third & 0x3F)));
                length = 3;
            }
            else
            {
                return null;
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private string ReadLatin1(ulong length) => Encoding.Latin1.GetString(TakeMemory(length).Span);

    private PickledData ReadData(ulong length) => new(TakeMemory(length));

    private void Remember(uint index)
    {
        // Picklers count. Far larger numbers could be chosen to collide in the table.
        if (index > MaxOpcodes)
        {
            throw Error($"stores a value under the number {index.ToString(CultureInfo.InvariantCulture)}");
        }

        _memo[index] = Peek();
    }

    private object? Recall(uint index) => _memo.TryGetValue(index, out object? value)
        ? value
        : throw Error($"recalls the value {index.ToString(CultureInfo.InvariantCulture)}, which it never stored");

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Error("takes a value where there is none");

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        if (_stack.Count - Floor < count)
        {
            throw Error("takes a value where there is none");
        }

        return RemoveFrom(_stack.Count - count);
    }

    private object?[] PopMarked() =>
        _marks.TryPop(out int mark) ? RemoveFrom(mark) : throw Error("closes a collection that it never opened");

    private object?[] RemoveFrom(int start)
    {
        object?[] values = [.. _stack[start..]];
        _stack.RemoveRange(start, values.Length);
        return values;
    }

    /// <summary>Values below the last mark belong to what lies around it.</summary>
    private int Floor => _marks.TryPeek(out int mark) ? mark : 0;

    private ReadOnlySpan<byte> Take(int count) => TakeMemory((ulong)count).Span;

    private ReadOnlyMemory<byte> TakeMemory(ulong count)
    {
        int start = _position;
        return _bytes.Slice(start, TakeLength(count, consume: true));
    }

    private int TakeLength(ulong count, bool consume)
    {
        if (count > (ulong)(_bytes.Length - _position))
        {
            throw Error(_bytes.Length == MaxBytes ? $"is longer than {MaxBytes} bytes" : "is cut short");
        }

        _position += consume ? (int)count : 0;
        return (int)count;
    }

    private string TakeLine()
    {
        int length = _bytes.Span[_position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Error("is cut short");
        }

        string line = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return line;
    }

    private InvalidDataException Error(string problem) =>
        _file.Error($"is damaged or not a state dict: its pickle {problem} (at byte {_position})");
}
