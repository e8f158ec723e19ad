using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Text in ML.NET's form.</summary>
internal static class TextVector
{
    public static VBuffer<ReadOnlyMemory<char>> Create(IReadOnlyList<string> values) =>
        new(values.Count, [.. values.Select(static value => value.AsMemory())]);
}
