using System.Text.Json;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>What was measured, as JSON for programs. A number that there is none of (NaN) is <c>null</c>.</summary>
internal sealed class MetricsFile
{
    private readonly Utf8JsonWriter _json;

    private MetricsFile(Utf8JsonWriter json) => _json = json;

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="command">The command that measured.</param>
    /// <param name="model">The model.</param>
    /// <param name="evaluation">What was predicted.</param>
    /// <param name="top">The k of top-k.</param>
    /// <param name="training">How the classifier was trained; null where none was.</param>
    public static Task WriteAsync(string path, string command, string model, Evaluation evaluation, int top, TrainingResult? training) =>
        AtomicFile.WriteAsync(path, async stream =>
        {
            await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            json.WriteStartObject();
            json.WriteString("command", command);
            json.WriteString("model", model);
            var file = new MetricsFile(json);
            file.Write(evaluation, top);
            if (training is not null)
            {
                file.Write(training);
            }

            json.WriteEndObject();
        });

    private void Write(Evaluation evaluation, int top)
    {
        ClassificationMetrics metrics = evaluation.Metrics;
        _json.WriteNumber("images", metrics.Count);
        _json.WriteNumber("failed", evaluation.Failures.Count());
        Number("accuracy", metrics.Accuracy);
        Number("balanced_accuracy", metrics.BalancedAccuracy);
        _json.WriteNumber("top", top);
        Number("top_accuracy", metrics.TopAccuracy(top));
        Number("log_loss", metrics.LogLoss);
        Number("expected_calibration_error", metrics.Calibration.ExpectedError);
        foreach (var (name, mean) in new[] { ("macro", metrics.Macro), ("weighted", metrics.Weighted) })
        {
            _json.WriteStartObject(name);
            Scores(mean.Precision, mean.Recall, mean.F1);
            _json.WriteEndObject();
        }

        Objects("classes", metrics.Occurring, label =>
        {
            ClassScores scores = metrics.Classes[label];
            _json.WriteString("label", evaluation.Labels[label]);
            _json.WriteNumber("images", scores.Support);
            Scores(scores.Precision, scores.Recall, scores.F1);
        });
    }

    private void Write(TrainingResult training)
    {
        _json.WriteString("trainer", training.Trainer);
        Number("folds", training.Folds ?? double.NaN);
        _json.WriteString("class_weights", training.ClassWeights);
        _json.WriteNumber("seed", training.Seed);
        if (training.Comparison is { } comparison)
        {
            Objects("trainers", comparison.Trainers, trainer =>
            {
                _json.WriteString("trainer", trainer.Name);
                Number("accuracy", trainer.Scores?.Accuracy ?? double.NaN);
                Number("accuracy_deviation", trainer.Scores?.AccuracyDeviation ?? double.NaN);
                Number("balanced_accuracy", trainer.Scores?.BalancedAccuracy ?? double.NaN);
                Number("log_loss", trainer.Scores?.LogLoss ?? double.NaN);
                Number("seconds", trainer.Time.TotalSeconds);
                _json.WriteString("left_out", trainer.Reason);
            });
        }

        if (training.Curve is { } curve)
        {
            var shares = curve.Points.Select(point => (point.Share, Images: (double)point.Images, point.Accuracy, Reason: default(string)))
                .Concat(curve.LeftOut.Select(left => (left.Share, Images: double.NaN, Accuracy: double.NaN, Reason: (string?)left.Reason)));
            Objects("learning_curve", shares.OrderBy(point => point.Share), point =>
            {
                _json.WriteNumber("share", point.Share);
                Number("images", point.Images);
                Number("accuracy", point.Accuracy);
                _json.WriteString("left_out", point.Reason);
            });
        }
    }

    private void Objects<T>(string name, IEnumerable<T> items, Action<T> write)
    {
        _json.WriteStartArray(name);
        foreach (T item in items)
        {
            _json.WriteStartObject();
            write(item);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void Scores(double precision, double recall, double f1)
    {
        Number("precision", precision);
        Number("recall", recall);
        Number("f1", f1);
    }

    private void Number(string name, double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumber(name, value);
        }
        else
        {
            _json.WriteNull(name);
        }
    }
}
