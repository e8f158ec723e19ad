namespace MlNetMobileViT.Conversion;

/// <summary>A reference to a storage, or to a part of one, that lies elsewhere in the file.</summary>
/// <param name="Key">The key that finds the storage.</param>
/// <param name="Type">The class of the storage, or the dtype, which says what its elements are.</param>
/// <param name="ElementCount">The number of elements of the whole storage.</param>
/// <param name="ViewOffset">The first element of the part that is meant.</param>
/// <param name="ViewCount">The number of elements of the part that is meant.</param>
internal sealed record PickledStorage(string Key, PickleGlobal Type, long ElementCount, long ViewOffset, long ViewCount)
{
    /// <summary>The bytes of this storage as elements of a dtype; null where it holds no whole number of known ones.</summary>
    public PickledStorage? Retype(PickleGlobal type) =>
        Type.ElementBytes == 1 && ViewOffset == 0 && ViewCount == ElementCount
        && type.ElementBytes > 0 && ElementCount % type.ElementBytes == 0
            ? new PickledStorage(Key, type, ElementCount / type.ElementBytes, 0, ElementCount / type.ElementBytes)
            : null;
}
