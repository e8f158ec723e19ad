namespace MlNetMobileViT.Conversion.Checkpoints.Pickle;

/// <summary>A reference to a storage, or to a part of one, that lies elsewhere in the file.</summary>
/// <param name="Key">The key that finds the storage.</param>
/// <param name="DataType">The type of its elements.</param>
/// <param name="ElementCount">The number of elements of the whole storage.</param>
/// <param name="ViewOffset">The first element of the part that is meant.</param>
/// <param name="ViewCount">The number of elements of the part that is meant.</param>
internal sealed record PickledStorage(
    string Key, TensorDataType DataType, long ElementCount, long ViewOffset, long ViewCount);
