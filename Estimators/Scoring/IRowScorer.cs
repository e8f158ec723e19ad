namespace MlNetMobileViT;

/// <summary>Computes the values of rows. Safe for use by many threads at once.</summary>
internal interface IRowScorer
{
    /// <summary>How images become pixels.</summary>
    ImagePreprocessor Preprocessor { get; }

    /// <summary>The most rows that <see cref="Score"/> takes at once.</summary>
    int BatchSize { get; }

    /// <summary>The columns that it computes.</summary>
    IReadOnlyList<OutputColumn> Columns { get; }

    /// <summary>
    /// Computes rows. What goes wrong with an image fails its own row only; what goes wrong with the model is thrown.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="slots">Where in <paramref name="images"/> and in <paramref name="results"/> the rows are.</param>
    /// <param name="results">The results, by slot.</param>
    /// <param name="rows">The numbers of the rows, for the messages of errors.</param>
    void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows);
}
