namespace MlNetMobileViT;

/// <summary>A column that the ONNX transform of a saved pipeline makes.</summary>
/// <param name="Name">Its name, and that of the graph's output.</param>
/// <param name="Source">The tensor of the graph that it is made from.</param>
/// <param name="Shape">Its shape for one image.</param>
/// <param name="SlotNames">The names of its slots, or null.</param>
/// <param name="RankBy">
/// A tensor of as many elements as the source, whose highest choose those that the column holds; null where it holds all.
/// </param>
internal sealed record SavedColumn(
    string Name, string Source, int[] Shape, IReadOnlyList<string>? SlotNames = null, string? RankBy = null);
