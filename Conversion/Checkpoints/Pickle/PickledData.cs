namespace MlNetMobileViT.Conversion;

/// <summary>Plain data that no state dict needs, such as bytes or a very long integer: kept as raw bytes.</summary>
internal sealed record PickledData(ReadOnlyMemory<byte> Bytes);
