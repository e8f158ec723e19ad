using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MlNetMobileViT.Conversion;

/// <summary>A tensor of a checkpoint: its description, and its values on demand.</summary>
internal sealed class CheckpointTensor
{
    private readonly ReadOnlyMemory<byte> _storage;
    private readonly long _offset;
    private readonly int[] _shape;
    private readonly long[] _strides;

    /// <summary>The caller has checked that every index lies within the storage: see <see cref="TensorBounds"/>.</summary>
    internal CheckpointTensor(
        string name, TensorDataType dataType, ReadOnlyMemory<byte> storage, long offset, int[] shape, long[] strides)
    {
        Name = name;
        DataType = dataType;
        _storage = storage;
        _offset = offset;
        _shape = shape;
        _strides = strides;
        ElementCount = shape.Aggregate(1L, (product, side) => product * side);
    }

    /// <summary>The name in the state dict, without the prefix that <see cref="Checkpoint.RemovedPrefix"/> names.</summary>
    public string Name { get; }

    /// <summary>The type of the elements in the file.</summary>
    public TensorDataType DataType { get; }

    /// <summary>The length of each dimension; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The number of elements: the product of <see cref="Shape"/>, 1 for a scalar.</summary>
    public long ElementCount { get; }

    /// <summary>Reads the values in row-major order, each rounded to the nearest single-precision number.</summary>
    /// <returns>A new array of <see cref="ElementCount"/> numbers.</returns>
    public float[] ToSingle()
    {
        float[] values = GC.AllocateUninitializedArray<float>(checked((int)ElementCount));
        if (values.Length == 0)
        {
            return values;
        }

        // Everything but the innermost dimension is walked like an odometer; a contiguous tensor is a single run.
        bool contiguous = TensorBounds.IsContiguous(_shape, _strides);
        int run = contiguous ? values.Length : _shape[^1];
        long step = contiguous ? 1 : _strides[^1];
        int outerRank = contiguous ? 0 : _shape.Length - 1;
        int[] index = new int[outerRank];
        long position = _offset;
        for (int written = 0; written < values.Length; written += run)
        {
            CopyRun(position, step, values.AsSpan(written, run));
            for (int axis = outerRank - 1; axis >= 0; axis--)
            {
                position += _strides[axis];
                if (++index[axis] < _shape[axis])
                {
                    break;
                }

                position -= _strides[axis] * _shape[axis];
                index[axis] = 0;
            }
        }

        return values;
    }

    internal CheckpointTensor WithName(string name) => new(name, DataType, _storage, _offset, _shape, _strides);

    /// <summary>The name, type and shape, such as <c>conv_1.block.conv.weight float32 [16, 3, 3, 3]</c>.</summary>
    public override string ToString() => $"{Name} {DataType.GetName()} [{string.Join(", ", _shape)}]";

    private void CopyRun(long position, long step, Span<float> target)
    {
        var storage = _storage.Span;
        if (DataType == TensorDataType.Float32 && step == 1 && BitConverter.IsLittleEndian)
        {
            storage.Slice(checked((int)(position * sizeof(float))), target.Length * sizeof(float))
                .CopyTo(MemoryMarshal.AsBytes(target));
            return;
        }

        int size = DataType.ByteSize();
        for (int i = 0; i < target.Length; i++)
        {
            var element = storage.Slice(checked((int)((position + (i * step)) * size)), size);
            target[i] = DataType switch
            {
                TensorDataType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                TensorDataType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                TensorDataType.BFloat16 =>
                    BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                TensorDataType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                TensorDataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                TensorDataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                TensorDataType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                TensorDataType.Int8 => (sbyte)element[0],
                TensorDataType.Boolean => element[0] == 0 ? 0 : 1,
                _ => element[0],
            };
        }
    }
}
