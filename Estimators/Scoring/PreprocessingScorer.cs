namespace MlNetMobileViT;

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
