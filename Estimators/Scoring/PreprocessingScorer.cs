namespace MlNetMobileViT;

/// <summary>Images to pixels, without a model.</summary>
internal sealed class PreprocessingScorer(ImagePreprocessor preprocessor) : IRowScorer
{
    public ImagePreprocessor Preprocessor => preprocessor;

    public int BatchSize => 1;

    public IReadOnlyList<int> OutputLengths { get; } = [preprocessor.Length];

    public void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            RowResult result = results[slots[i]];
            try
            {
                result.Clear();
                images.Preprocess(slots[i], rows[i], preprocessor, result.Values[0]);
            }
            catch (Exception exception)
            {
                result.Fail(exception);
            }
        }
    }
}
