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

/// <summary>Images to pixels, without a model.</summary>
/// <param name="preprocessor">How images become pixels.</param>
/// <param name="columns">The columns, of which the first holds the pixels.</param>
internal sealed class PreprocessingScorer(ImagePreprocessor preprocessor, IReadOnlyList<OutputColumn> columns) : IRowScorer
{
    private readonly OutputColumn<float> _pixels = (OutputColumn<float>)columns[0];

    public ImagePreprocessor Preprocessor => preprocessor;

    public int BatchSize => 1;

    public IReadOnlyList<OutputColumn> Columns => columns;

    public void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            RowResult result = results[slots[i]];
            try
            {
                result.Clear();
                result.Geometry = images.Preprocess(slots[i], rows[i], preprocessor, result.Values(_pixels));
            }
            catch (Exception exception)
            {
                result.Fail(exception);
            }
        }
    }
}
