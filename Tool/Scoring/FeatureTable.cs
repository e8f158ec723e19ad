namespace MlNetMobileViT.Tool;

/// <summary>The features of a set of pictures, in memory, computed once: a later run over the same files reads them back.</summary>
/// <param name="terminal">Where progress is shown.</param>
/// <param name="model">The model.</param>
/// <param name="scoring">How pictures are read and scored.</param>
/// <param name="layer">The output of the model that is taken for the features.</param>
/// <param name="cacheFolder">Where features are kept.</param>
/// <param name="settings">What features depend on beside their file, by name.</param>
internal sealed class FeatureTable(
    Terminal terminal,
    MobileViTModel model,
    MobileViTScoringOptions scoring,
    string layer,
    string cacheFolder,
    IReadOnlyList<KeyValuePair<string, string>> settings)
{
    /// <summary>The rows of the inputs, in their order; those that cannot be read have an error.</summary>
    /// <exception cref="OperationCanceledException">Ctrl+C; what is computed is kept for the next run.</exception>
    public IReadOnlyList<ResultRow> Compute(IReadOnlyList<ImageInput> inputs, CancellationToken cancellationToken)
    {
        using var cache = new FeatureCache(terminal, cacheFolder, settings);
        string[] keys = [.. inputs.Select(FeatureCache.KeyOf)];
        var rows = new ResultRow[inputs.Count];
        var missing = new List<ImageInput>();
        for (int i = 0; i < rows.Length; i++)
        {
            if (cache.Find(keys[i]) is { } numbers)
            {
                rows[i] = new ResultRow(i, inputs[i].Path, null, [], numbers);
            }
            else
            {
                missing.Add(inputs[i] with { Index = i });
            }
        }

        if (missing.Count < inputs.Count)
        {
            terminal.Note(Invariant($"{inputs.Count - missing.Count:N0} of {inputs.Count:N0} images were featurized before."));
        }

        ScoringProgress.Run(terminal, Task.FromResult<long?>(inputs.Count), advance =>
        {
            foreach (ResultRow row in new ImageScorer(model, scoring).Featurize(missing, layer))
            {
                rows[row.Index] = row;
                if (row.Error is null)
                {
                    cache.Add(keys[row.Index], row);
                }

                advance();
                cancellationToken.ThrowIfCancellationRequested();
            }
        },
        inputs.Count - missing.Count);
        return rows;
    }
}
