using System.Text;

namespace MlNetMobileViT;

/// <summary>
/// Writes protobuf messages field by field, as much of the format as it takes to add to an ONNX model: a message may be
/// extended by appending fields to its bytes, and a reader merges what is appended with what was there.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;

    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtobufWriter Integer(int field, long value)
    {
        WriteVarint((ulong)((field << 3) | Varint));
        WriteVarint((ulong)value);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Integers(int field, IEnumerable<int> values) =>
        values.Aggregate(this, (writer, value) => writer.Integer(field, value));

    public ProtobufWriter Texts(int field, IEnumerable<string> values) =>
        values.Aggregate(this, (writer, value) => writer.Text(field, value));

    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.ToArray());

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint((ulong)((field << 3) | LengthDelimited));
        WriteVarint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private void WriteVarint(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
