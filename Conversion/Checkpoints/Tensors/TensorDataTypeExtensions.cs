namespace MlNetMobileViT.Conversion;

/// <summary>Facts about <see cref="TensorDataType"/>.</summary>
public static class TensorDataTypeExtensions
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
