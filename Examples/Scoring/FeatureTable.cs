using System.Globalization;
using MlNetMobileViT.Examples.Display;
using MlNetMobileViT.Examples.Inputs;
using MlNetMobileViT.Examples.Results;

namespace MlNetMobileViT.Examples.Scoring;

/// <summary>The features of a set of pictures, in memory, computed once: a later run over the same files reads them back.</summary>
/// <param name="terminal">Where progress is shown.</param>
/// <param name="model">The model.</param>
/// <param name="scoring">How pictures are read and scored.</param>
/// <param name="layer">The output of the model that is taken for the features.</param>
/// <param name="cacheFolder">Where features are kept.</param>
internal sealed class FeatureTable(
    Terminal terminal, MobileViTModel model, MobileViTScoringOptions scoring, string layer, string cacheFolder)
{
    private const string Extension = ".features";

    /// <summary>The rows of the inputs, in their order; those that cannot be read have an error.</summary>
    /// <exception cref="OperationCanceledException">Ctrl+C; what is computed is kept for the next run.</exception>
    public IReadOnlyList<ResultRow> Compute(IReadOnlyList<ImageInput> inputs, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] settings = [SettingOf(model), new("layer", layer)];
        var known = new Dictionary<string, float[]>(StringComparer.Ordinal);
        using ResultJournal? cache = Open(settings, row => known[row.Path] = row.Numbers);
        string[] keys = [.. inputs.Select(KeyOf)];
        var rows = new ResultRow[inputs.Count];
        ImageInput[] missing =
        [
            .. Enumerable.Range(0, inputs.Count)
                .Where(i => !known.ContainsKey(keys[i]))
                .Select(i => inputs[i] with { Index = i }),
        ];
        for (int i = 0; i < rows.Length; i++)
        {
            if (known.TryGetValue(keys[i], out float[]? numbers))
            {
                rows[i] = new ResultRow(i, inputs[i].Path, null, [], numbers);
            }
        }

        if (missing.Length < inputs.Count)
        {
            terminal.Note(string.Create(
                CultureInfo.InvariantCulture, $"{inputs.Count - missing.Length:N0} of {inputs.Count:N0} images were featurized before."));
        }

        ScoringProgress.Run(terminal, Task.FromResult<long?>(missing.Length), advance =>
        {
            foreach (ResultRow row in new ImageScorer(model, scoring).Featurize(missing, layer))
            {
                rows[row.Index] = row;
                if (row.Error is null)
                {
                    cache?.Append(row with { Path = keys[row.Index] });
                }

                advance();
                cancellationToken.ThrowIfCancellationRequested();
            }
        });
        return rows;
    }

    private static KeyValuePair<string, string> SettingOf(MobileViTModel model) => new(
        "model", $"{model.Metadata.WeightsSha256} {model.Preprocessing.ToJson()}");

    /// <summary>What a file's features depend on; a file that is written anew gets new ones.</summary>
    private static string KeyOf(ImageInput input)
    {
        var file = new FileInfo(input.Path);
        return file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks} {file.FullName}")
            : input.Path;
    }

    private ResultJournal? Open(KeyValuePair<string, string>[] settings, Action<ResultRow> onRow)
    {
        string name = StableHash.Of(string.Join('\n', settings.Select(setting => setting.Value)))
            .ToString("x32", CultureInfo.InvariantCulture);
        string path = Path.Combine(cacheFolder, name + Extension);
        try
        {
            Directory.CreateDirectory(cacheFolder);
            return File.Exists(path) ? ResultJournal.Resume(path, settings, onRow) : ResultJournal.Create(path, settings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CommandException)
        {
            // The cache saves time and nothing else: another run may hold it.
            terminal.Note($"the features are not kept for the next run: {exception.Message}");
            return null;
        }
    }
}
