using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>A tensor for a test to write. Tensors with the same <see cref="Storage"/> array share a storage.</summary>
internal sealed record TestTensor(string Name, TensorDataType DataType, long[] Shape, byte[] Storage)
{
    /// <summary>The index of the first element in the storage.</summary>
    public long Offset { get; init; }

    /// <summary>Null for row-major.</summary>
    public long[]? Strides { get; init; }

    /// <summary>What the file claims about the storage, where that is not the truth.</summary>
    public long? ClaimedElements { get; init; }

    /// <summary>A part of the storage that legacy files can name: offset and number of elements.</summary>
    public (long Offset, long Count)? View { get; init; }

    /// <summary>Whether the tensor is written as a parameter.</summary>
    public bool IsParameter { get; init; }

    public long StorageElements => ClaimedElements ?? (Storage.Length / DataType.ByteSize());

    public static TestTensor Of(string name, long[] shape, params float[] values) =>
        new(name, TensorDataType.Float32, shape, Encode(TensorDataType.Float32, values));

    public static TestTensor Of(string name, TensorDataType type, long[] shape, params float[] values) =>
        new(name, type, shape, Encode(type, values));

    /// <summary>The official state dict of an architecture with formula weights, counters included.</summary>
    public static IEnumerable<TestTensor> Formula(MobileViTArchitecture architecture) => architecture.Tensors().Select(spec =>
        spec.Kind == TensorKind.Counter
            ? Of(spec.Name, TensorDataType.Int64, [], 0)
            : Of(spec.Name, [.. spec.Shape.Select(side => (long)side)], FormulaWeights.Fill(spec)));

    public static byte[] Encode(TensorDataType type, IEnumerable<float> values) => [.. values.SelectMany(value => type switch
    {
        TensorDataType.Float32 => BitConverter.GetBytes(value),
        TensorDataType.Float16 => BitConverter.GetBytes((Half)value),
        TensorDataType.BFloat16 => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
        TensorDataType.Float64 => BitConverter.GetBytes((double)value),
        TensorDataType.Int64 => BitConverter.GetBytes((long)value),
        TensorDataType.Int32 => BitConverter.GetBytes((int)value),
        TensorDataType.Int16 => BitConverter.GetBytes((short)value),
        TensorDataType.Int8 => [(byte)(sbyte)value],
        _ => [(byte)value],
    })];
}
