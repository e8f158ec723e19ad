namespace MlNetMobileViT.Conversion;

/// <summary>What a pickle held.</summary>
/// <param name="Value">Its value; see <see cref="PickleReader"/> for the types.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Storages">Every reference to a storage, in order, repetitions included.</param>
/// <param name="ForeignGlobals">The globals that are not known here, each once, in order.</param>
internal sealed record PickleContent(
    object? Value, int Length, IReadOnlyList<PickledStorage> Storages, IReadOnlyList<string> ForeignGlobals);

/// <summary>A tensor as a pickle describes it; nothing about it has been checked yet.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Sizes, long[] Strides);

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

/// <summary>A Python dictionary: its entries in the order in which they were set.</summary>
internal sealed class PickledDictionary
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The value that was set last for a text key, or <see langword="null"/>.</summary>
    public object? Find(string key) =>
        Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}

/// <summary>Plain data that no state dict needs, such as bytes or a very long integer: kept as raw bytes.</summary>
internal sealed record PickledData(ReadOnlyMemory<byte> Bytes);

/// <summary>
/// What stands for an object of a class, or the result of a function, that this reader does not know: nothing was called, and
/// nothing of it is kept but its name.
/// </summary>
internal sealed class PickledObject(string global, bool holdsTensor)
{
    /// <summary>The class or function.</summary>
    public string Global { get; } = global;

    /// <summary>Whether a tensor or a storage is among what it was made of, or what was put into it.</summary>
    public bool HoldsTensor { get; set; } = holdsTensor;
}
