using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>What was predicted of pictures whose classes are known, and how good that is.</summary>
internal sealed class Evaluation
{
    private readonly Dictionary<(int Truth, int Predicted), int> _cells;

    /// <param name="labels">The classes.</param>
    /// <param name="images">The pictures, each once.</param>
    public Evaluation(IReadOnlyList<string> labels, IReadOnlyList<EvaluatedImage> images)
    {
        Labels = labels;
        Images = images;
        LabeledPrediction[] predictions = [.. images.Select(image => image.Prediction).OfType<LabeledPrediction>()];
        Metrics = new ClassificationMetrics(labels.Count, predictions);
        _cells = predictions.CountBy(prediction => (prediction.Truth, prediction.Predicted)).ToDictionary();
    }

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<EvaluatedImage> Images { get; }

    public ClassificationMetrics Metrics { get; }

    /// <summary>The pictures of which nothing was predicted, and why.</summary>
    public IEnumerable<(string Path, string Reason)> Failures =>
        Images.Where(image => image.Error is not null).Select(image => (image.Path, image.Error!));

    /// <summary>The classes that occur and were found without a mistake.</summary>
    public IEnumerable<int> Perfect => Metrics.Occurring.Where(label => Metrics.Classes[label].Mistakes == 0);

    /// <summary>The other classes that occur, the hardest first.</summary>
    public IEnumerable<int> Imperfect => Metrics.Occurring.Where(label => Metrics.Classes[label].Mistakes > 0)
        .OrderBy(label => Metrics.Classes[label].F1).ThenBy(label => label);

    /// <summary>The pairs of a class and another that it was taken for, most often first.</summary>
    public IEnumerable<(int Truth, int Predicted, int Count)> Confused => _cells
        .Where(cell => cell.Key.Truth != cell.Key.Predicted)
        .OrderByDescending(cell => cell.Value).ThenBy(cell => cell.Key)
        .Select(cell => (cell.Key.Truth, cell.Key.Predicted, cell.Value));

    /// <summary>How many pictures of one class were taken for another, or for itself.</summary>
    public int CountOf(int truth, int predicted) => _cells.GetValueOrDefault((truth, predicted));

    /// <summary>Writes a row for every picture, in their order; the extension decides the format.</summary>
    public Task WriteAsync(string path, CsvStyle csv, CancellationToken cancellationToken)
    {
        ResultFormat format = ResultFormat.Of(path, ResultKind.Evaluation, csv);
        return AtomicFile.WriteAsync(
            path, stream => format.WriteAsync(stream, ResultSchema.OfEvaluation, Images.Select(RowOf), cancellationToken));
    }

    private ResultRow RowOf(EvaluatedImage image, int index) => image.Prediction is { } prediction
        ? new ResultRow(
            index,
            image.Path,
            null,
            [Labels[image.Truth], Labels[prediction.Predicted]],
            [(float)prediction.Probability, prediction.TruthRank, prediction.IsRight ? 1 : 0])
        : new ResultRow(index, image.Path, image.Error, [Labels[image.Truth]], []);
}

/// <summary>A picture whose class is known.</summary>
/// <param name="Path">The file.</param>
/// <param name="Truth">Its class.</param>
/// <param name="Prediction">What was predicted; null where that failed, and for pictures that were trained on and not measured.</param>
/// <param name="Error">Why nothing could be predicted, or null.</param>
internal sealed record EvaluatedImage(string Path, int Truth, LabeledPrediction? Prediction, string? Error);
