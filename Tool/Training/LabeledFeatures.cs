namespace MlNetMobileViT.Tool;

/// <summary>The features of pictures and their classes.</summary>
/// <param name="Vectors">The features of each picture.</param>
/// <param name="Labels">The class of each picture.</param>
internal sealed record LabeledFeatures(IReadOnlyList<float[]> Vectors, IReadOnlyList<string> Labels)
{
    private readonly string[] _classes = [.. Labels.Distinct().Order(StringComparer.Ordinal)];

    public int Count => Labels.Count;

    /// <summary>The classes, in the order of their names.</summary>
    public IReadOnlyList<string> Classes => _classes;

    /// <summary>The number of a picture's class in that order.</summary>
    public int ClassOf(int row) => Array.BinarySearch(_classes, Labels[row], StringComparer.Ordinal);

    /// <summary>Some of them, in the order that is given.</summary>
    public LabeledFeatures Take(IReadOnlyList<int> rows) => new([.. rows.Select(i => Vectors[i])], [.. rows.Select(i => Labels[i])]);
}
