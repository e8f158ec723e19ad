namespace MlNetMobileViT.Conversion;

/// <summary>A Python dictionary: its entries in the order in which they were set.</summary>
internal sealed class PickledDictionary
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The value that was set last for a text key, or <see langword="null"/>.</summary>
    public object? Find(string key) =>
        Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}
