using System.Diagnostics;
using Microsoft.ML;

namespace MlNetMobileViT.Tool;

/// <summary>Measures classifiers on pictures that they were not trained on, each on the same ones.</summary>
/// <param name="examples">The pictures.</param>
/// <param name="fold">The fold of each.</param>
/// <param name="held">The folds that are held out, one after the other.</param>
internal sealed class CrossValidation(LabeledFeatures examples, IReadOnlyList<int> fold, IReadOnlyList<int> held)
{
    /// <summary>The pictures.</summary>
    public LabeledFeatures Examples => examples;

    /// <summary>What is told of each training, where somebody listens.</summary>
    public WorkProgress? Progress { get; init; }

    /// <summary>The pictures to train on for each fold that is held out.</summary>
    public IReadOnlyList<int[]> TrainingSets { get; } =
        [.. held.Select(heldOut => Enumerable.Range(0, examples.Count).Where(i => fold[i] != heldOut).ToArray())];

    /// <summary>Trains without each fold, and predicts what is in it.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="trainingSets">What to train on for each fold; null for all that is not in it.</param>
    /// <param name="cancellationToken">Stops between two trainings.</param>
    /// <exception cref="CommandException">There is nothing to learn from.</exception>
    public HeldOutPredictions Measure(
        FeatureClassifier classifier, IReadOnlyList<int[]>? trainingSets, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        var predictions = new LabeledPrediction?[examples.Count];
        int[][] tests = [.. held.Select(heldOut => Enumerable.Range(0, examples.Count).Where(i => fold[i] == heldOut).ToArray())];
        for (int i = 0; i < held.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Progress?.Phase = Invariant($"trainer {classifier.Trainer}, fold {i + 1} of {held.Count}");
            ITransformer trained = classifier.Fit(examples.Take((trainingSets ?? TrainingSets)[i]));
            using var owner = trained as IDisposable;
            var predicted = classifier.Probabilities(trained, examples.Take(tests[i]).Vectors, examples.Classes);
            foreach (var (row, probabilities) in tests[i].Zip(predicted))
            {
                predictions[row] = LabeledPrediction.Of(examples.ClassOf(row), probabilities);
            }

            Progress?.Advance();
        }

        return new HeldOutPredictions(examples.Classes.Count, predictions, tests, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Measures trainers on the same folds.</summary>
    /// <param name="classifiers">Makes the classifier of a trainer, by its name.</param>
    /// <param name="cancellationToken">Stops between two trainings.</param>
    /// <returns>How good they are, and what the best one predicted.</returns>
    /// <exception cref="CommandException">No trainer can learn from the pictures.</exception>
    public (TrainerComparison Comparison, HeldOutPredictions Best) Compare(
        Func<string, FeatureClassifier> classifiers, CancellationToken cancellationToken)
    {
        var scores = new List<TrainerScore>();
        var measured = new Dictionary<string, HeldOutPredictions>();
        CommandException? first = null;
        foreach (string trainer in FeatureTrainer.All.Select(static trainer => trainer.Name))
        {
            try
            {
                HeldOutPredictions predictions = Measure(classifiers(trainer), null, cancellationToken);
                int missing = predictions.Missing.Count();
                measured.Add(trainer, predictions);
                scores.Add(missing == 0
                    ? new TrainerScore(trainer, predictions.Scores, predictions.Time, null)
                    : new TrainerScore(
                        trainer, null, predictions.Time, $"it gives {missing} images numbers that are none (NaN or infinite)."));
            }
            catch (CommandException exception)
            {
                first ??= exception;
                scores.Add(new TrainerScore(trainer, null, TimeSpan.Zero, exception.Message));
            }
        }

        bool isUnbalanced = examples.Labels.CountBy(static label => label).DistinctBy(static count => count.Value).Count() > 1;
        var comparison = new TrainerComparison(held.Count, isUnbalanced, scores);
        return comparison.Best is { } best
            ? (comparison, measured[best.Name])
            : throw first ?? new CommandException("Every trainer gives numbers that are none (NaN or infinite).");
    }
}

/// <summary>What was predicted of pictures that were held out.</summary>
/// <param name="Classes">The number of classes.</param>
/// <param name="Predictions">A prediction for each picture that was held out; null for the others, and where there was none.</param>
/// <param name="Tests">The pictures that were held out together.</param>
/// <param name="Time">How long training and predicting took.</param>
internal sealed record HeldOutPredictions(
    int Classes, IReadOnlyList<LabeledPrediction?> Predictions, IReadOnlyList<int[]> Tests, TimeSpan Time)
{
    /// <summary>The pictures that were held out without a prediction.</summary>
    public IEnumerable<int> Missing => Tests.SelectMany(static test => test).Where(i => Predictions[i] is null);

    /// <summary>How good the predictions are, fold by fold.</summary>
    public FoldScores Scores => new([.. Tests.Select(Of)]);

    /// <summary>How good all predictions together are.</summary>
    public ClassificationMetrics Metrics => Of(Tests.SelectMany(static test => test));

    private ClassificationMetrics Of(IEnumerable<int> rows) =>
        new(Classes, [.. rows.Select(i => Predictions[i]).OfType<LabeledPrediction>()]);
}
