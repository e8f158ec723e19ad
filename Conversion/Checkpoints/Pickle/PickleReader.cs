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
internal sealed partial class PickleReader
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

    private readonly CheckpointFile _file;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Stack<int> _marks = [];
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly List<PickledStorage> _storages = [];
    private int _position;
    private int _steps;

    private PickleReader(CheckpointFile file, ReadOnlyMemory<byte> bytes)
    {
        _file = file;
        _bytes = bytes;
    }

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
                default:
                    if (!TryConstant(opcode) && !TryContainer(opcode) && !TryMemo(opcode))
                    {
                        Execute(opcode);
                    }

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

    private bool TryConstant(byte opcode)
    {
        switch (opcode)
        {
            case Opcode.None:
                _stack.Add(null);
                return true;
            case Opcode.NewTrue:
                _stack.Add(true);
                return true;
            case Opcode.NewFalse:
                _stack.Add(false);
                return true;
            case Opcode.BinInt:
                _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                return true;
            case Opcode.BinInt1:
                _stack.Add((long)Take(1)[0]);
                return true;
            case Opcode.BinInt2:
                _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                return true;
            case Opcode.Long1:
                _stack.Add(ReadLong(Take(1)[0]));
                return true;
            case Opcode.BinFloat:
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                return true;
            case Opcode.ShortBinUnicode:
                PushText(Take(1)[0]);
                return true;
            case Opcode.BinUnicode:
                PushText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                return true;
            case Opcode.BinUnicode8:
                PushText(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
                return true;
            case Opcode.ShortBinString:
                PushLatin1(Take(1)[0]);
                return true;
            case Opcode.BinString:
                PushLatin1(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                return true;
            case Opcode.ShortBinBytes:
                PushData(Take(1)[0]);
                return true;
            case Opcode.BinBytes:
                PushData(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                return true;
            case Opcode.BinBytes8 or Opcode.ByteArray8:
                PushData(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
                return true;
            default:
                return false;
        }
    }

    private bool TryContainer(byte opcode)
    {
        switch (opcode)
        {
            case Opcode.Mark:
                _marks.Push(_stack.Count);
                return true;
            case Opcode.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                return true;
            case Opcode.Tuple1:
                _stack.Add(PopMany(1));
                return true;
            case Opcode.Tuple2:
                _stack.Add(PopMany(2));
                return true;
            case Opcode.Tuple3:
                _stack.Add(PopMany(3));
                return true;
            case Opcode.Tuple:
                _stack.Add(PopMarked());
                return true;
            case Opcode.EmptyList or Opcode.EmptySet:
                _stack.Add(new List<object?>());
                return true;
            case Opcode.FrozenSet or Opcode.List:
                _stack.Add(new List<object?>(PopMarked()));
                return true;
            case Opcode.EmptyDict:
                _stack.Add(new PickledDictionary());
                return true;
            case Opcode.Dict:
                object?[] entries = PopMarked();
                var dictionary = new PickledDictionary();
                SetItems(dictionary, entries);
                _stack.Add(dictionary);
                return true;
            case Opcode.Append:
                AddToList(PopMany(1));
                return true;
            case Opcode.Appends or Opcode.AddItems:
                AddToList(PopMarked());
                return true;
            case Opcode.SetItem:
                AddToDictionary(PopMany(2));
                return true;
            case Opcode.SetItems:
                AddToDictionary(PopMarked());
                return true;
            default:
                return false;
        }
    }

    private bool TryMemo(byte opcode)
    {
        switch (opcode)
        {
            case Opcode.BinPut:
                Remember(Take(1)[0]);
                return true;
            case Opcode.LongBinPut:
                Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                return true;
            case Opcode.Memoize:
                Remember((uint)_memo.Count);
                return true;
            case Opcode.BinGet:
                Recall(Take(1)[0]);
                return true;
            case Opcode.LongBinGet:
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                return true;
            case Opcode.Pop:
                // Python's own pickler uses it to take back a mark as well as a value.
                if (_marks.TryPeek(out int mark) && mark == _stack.Count)
                {
                    _marks.Pop();
                }
                else
                {
                    Pop();
                }

                return true;
            case Opcode.PopMark:
                PopMarked();
                return true;
            case Opcode.Dup:
                _stack.Add(Peek());
                return true;
            default:
                return false;
        }
    }

    private void AddToList(object?[] items)
    {
        switch (Peek())
        {
            case List<object?> list:
                list.AddRange(items);
                break;
            case PickledObject instance:
                Put(instance, items);
                break;
            default:
                throw Error("adds to something that is not a list or set");
        }
    }

    private void AddToDictionary(object?[] items)
    {
        switch (Peek())
        {
            case PickledDictionary dictionary:
                SetItems(dictionary, items);
                break;
            case PickledObject instance:
                Put(instance, items);
                break;
            default:
                throw Error("adds to something that is not a dictionary");
        }
    }

    private void SetItems(PickledDictionary dictionary, ReadOnlySpan<object?> items)
    {
        if (items.Length % 2 != 0)
        {
            throw Error("has a dictionary key without a value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Entries.Add(new KeyValuePair<object?, object?>(items[i], items[i + 1]));
        }
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

    private void PushText(ulong length)
    {
        var bytes = TakeMemory(length).Span;
        try
        {
            _stack.Add(StrictUtf8.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            _stack.Add(DecodeSurrogates(bytes) ?? throw Error("holds text that is not UTF-8"));
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

    private void PushLatin1(ulong length) => _stack.Add(Encoding.Latin1.GetString(TakeMemory(length).Span));

    private void PushData(ulong length) => _stack.Add(new PickledData(TakeMemory(length)));

    private void Remember(uint index)
    {
        // Picklers count. Far larger numbers could be chosen to collide in the table.
        if (index > MaxOpcodes)
        {
            throw Error($"stores a value under the number {index.ToString(CultureInfo.InvariantCulture)}");
        }

        _memo[index] = Peek();
    }

    private void Recall(uint index) =>
        _stack.Add(_memo.TryGetValue(index, out object? value)
            ? value
            : throw Error($"recalls the value {index.ToString(CultureInfo.InvariantCulture)}, which it never stored"));

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
