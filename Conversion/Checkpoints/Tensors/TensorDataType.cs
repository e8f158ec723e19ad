namespace MlNetMobileViT.Conversion;

/// <summary>The type of a tensor's elements in a checkpoint file.</summary>
public enum TensorDataType
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
