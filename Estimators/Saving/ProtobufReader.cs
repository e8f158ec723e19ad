namespace MlNetMobileViT;

/// <summary>Reads a protobuf message field by field; the values can be changed in place, where their length stays.</summary>
/// <param name="message">The message.</param>
internal ref struct ProtobufReader(Span<byte> message)
{
    private Span<byte> _rest = message;

    /// <summary>The number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>The value of text, bytes or a message; empty for numbers.</summary>
    public Span<byte> Value { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The bytes are no protobuf message.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        Value = default;
        switch (tag & 7)
        {
            case 0:
                ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Value = Take(ReadVarint());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    private static InvalidDataException Malformed() => new("The bytes are no protobuf message.");

    private Span<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw Malformed();
        }

        Span<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Malformed();
    }
}
