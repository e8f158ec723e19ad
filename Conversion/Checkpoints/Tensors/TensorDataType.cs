namespace MlNetMobileViT.Conversion;

/// <summary>The type of a tensor's elements in a checkpoint file.</summary>
internal enum TensorDataType
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>IEEE 754 half precision.</summary>
    Float16,

    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16,

    /// <summary>IEEE 754 double precision.</summary>
    Float64,

    /// <summary>A signed 64-bit integer.</summary>
    Int64,

    /// <summary>A signed 32-bit integer.</summary>
    Int32,

    /// <summary>A signed 16-bit integer.</summary>
    Int16,

    /// <summary>A signed 8-bit integer.</summary>
    Int8,

    /// <summary>An unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>A byte that is 0 or 1.</summary>
    Boolean,
}

/// <summary>Facts about <see cref="TensorDataType"/>.</summary>
internal static class TensorDataTypeExtensions
{
    /// <summary>The size of one element in the file, in bytes.</summary>
    public static int ByteSize(this TensorDataType type) => type switch
    {
        TensorDataType.Float64 or TensorDataType.Int64 => 8,
        TensorDataType.Float32 or TensorDataType.Int32 => 4,
        TensorDataType.Float16 or TensorDataType.BFloat16 or TensorDataType.Int16 => 2,
        _ => 1,
    };

    /// <summary>The name for people, such as <c>float32</c>.</summary>
    public static string GetName(this TensorDataType type) => type.ToString().ToLowerInvariant();

    /// <summary>Whether the type is one that weights are stored in.</summary>
    public static bool IsFloatingPoint(this TensorDataType type) =>
        type is TensorDataType.Float32 or TensorDataType.Float16 or TensorDataType.BFloat16 or TensorDataType.Float64;
}
