namespace MlNetMobileViT.Tool;

/// <summary>What a run found out about one picture.</summary>
/// <param name="Index">The position of the picture among all inputs.</param>
/// <param name="Path">The path as it was named.</param>
/// <param name="Error">Why there is no result, or null.</param>
/// <param name="Labels">
/// The most likely classes, most likely first; the truth and the prediction; or a neighbour. Empty for features and, but for the truth,
/// where there is an error.
/// </param>
/// <param name="Numbers">
/// The classes' probabilities, and behind them the classes' indexes; the features; what an evaluation says; a similarity and a rank; or a
/// similarity, a group and its size.
/// Empty where there is an error.
/// </param>
internal sealed record ResultRow(long Index, string Path, string? Error, string[] Labels, float[] Numbers)
{
    public static ResultRow Failure(long index, string path, string error) => new(index, path, error, [], []);
}

/// <summary>What the rows of a result hold.</summary>
internal enum ResultKind
{
    /// <summary>The most likely classes and their probabilities.</summary>
    Classes,

    /// <summary>A vector of numbers.</summary>
    Features,

    /// <summary>The truth, and what was predicted.</summary>
    Evaluation,

    /// <summary>A picture that is like another: its rank, its path and the cosine of the two.</summary>
    Neighbors,

    /// <summary>The group of nearly the same pictures that a picture is in.</summary>
    Duplicates,
}
