using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT.Tool;

/// <summary>A trainer at work on features.</summary>
/// <param name="trainer">The trainer.</param>
/// <param name="seed">Makes a run repeatable.</param>
/// <param name="isBalanced">Whether every class counts the same, however many pictures it has; see <see cref="ClassWeights"/>.</param>
internal sealed class FeatureClassifier(FeatureTrainer trainer, int seed, bool isBalanced = false)
{
    public const string FeaturesColumn = "Features";
    private const string LabelColumn = "Label";
    private const string PredictedColumn = "PredictedLabel";
    private const string ScoreColumn = "Score";

    private readonly MLContext _context = new(seed);

    /// <summary>The name of the trainer.</summary>
    public string Trainer => trainer.Name;

    /// <summary>Trains on features and their labels. What is returned maps features to a predicted label and scores.</summary>
    /// <exception cref="CommandException">There is nothing in the features to learn from, or they are no numbers.</exception>
    public ITransformer Fit(LabeledFeatures examples)
    {
        var weights = isBalanced ? ClassWeights.BalancedOf(examples.Labels) : null;
        IDataView data = Load(
            examples.Vectors, examples.Labels.Select(label => new Example { Label = label, Weight = weights?[label] ?? 1 }));
        if (examples.Vectors.All(vector => vector.AsSpan().SequenceEqual(examples.Vectors[0])))
        {
            throw new CommandException(
                $"All {examples.Count} images to train on have the same features, so nothing tells their classes apart. If they are not "
                + "one picture, take another --layer or --model.");
        }

        // The label's mapping stays outside of what is saved: who predicts has no label.
        IDataView keyed = _context.Transforms.Conversion
            .MapValueToKey(LabelColumn, LabelColumn, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(data).Transform(data);
        var pipeline = new EstimatorChain<ITransformer>();
        if (trainer.NormalizesFeatures)
        {
            pipeline = pipeline.Append<ITransformer>(_context.Transforms.NormalizeMeanVariance(FeaturesColumn, fixZero: false))
                .AppendCacheCheckpoint(_context);
        }

        pipeline = pipeline.Append(trainer.Create(_context, seed, isBalanced ? nameof(Example.Weight) : null))
            .Append<ITransformer>(_context.Transforms.Conversion.MapKeyToValue(PredictedColumn));
        try
        {
            return pipeline.Fit(keyed);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or OverflowException)
        {
            // Once it has valid arguments, a trainer throws these where the features leave it nothing to work with.
            throw new CommandException(
                $"The trainer '{trainer.Name}' cannot learn from the features of these {examples.Count} images ("
                + $"{exception.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.')}). {trainer.WayOut}",
                exception);
        }
        catch (DllNotFoundException exception)
        {
            throw new CommandException($"The trainer '{trainer.Name}' has no native library for this processor. Take another --trainer.", exception);
        }
    }

    /// <summary>Says in a sentence that a trained model tells nothing apart; null where it does.</summary>
    /// <param name="trained">What <see cref="Fit"/> returned.</param>
    /// <param name="features">What it was trained on.</param>
    public string? NothingLearned(ITransformer trained, IReadOnlyList<float[]> features) =>
        // Most are told from the first within a few.
        Predictions(trained, features).Distinct().Take(2).ToArray() is [var only]
            ? $"the classifier learned nothing: it takes every one of the {features.Count} images that it was trained on for '{only}'. "
                + trainer.WayOut
            : null;

    /// <summary>The labels that a trained model predicts for features.</summary>
    /// <exception cref="CommandException">The features are no numbers.</exception>
    public IReadOnlyList<string> Predict(ITransformer trained, IReadOnlyList<float[]> features) => [.. Predictions(trained, features)];

    /// <summary>The probabilities that a trained model gives, in the order of some labels.</summary>
    /// <param name="trained">What <see cref="Fit"/> returned.</param>
    /// <param name="features">The features of each picture.</param>
    /// <param name="labels">The labels that it was trained on, and perhaps more, which have the probability 0.</param>
    /// <exception cref="CommandException">The features are no numbers.</exception>
    public IReadOnlyList<float[]> Probabilities(ITransformer trained, IReadOnlyList<float[]> features, IReadOnlyList<string> labels)
    {
        IDataView scored = trained.Transform(Load(features, Unlabeled(features)));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema[ScoreColumn].GetSlotNames(ref names);
        int[] slots = [.. labels.Select(label => Array.FindIndex(names.DenseValues().ToArray(), name => name.Span.SequenceEqual(label)))];
        return [.. scored.GetColumn<float[]>(ScoreColumn).Select(row => slots.Select(slot => slot < 0 ? 0 : row[slot]).ToArray())];
    }

    /// <summary>Saves a model that takes paths: the image step, then what was trained on its features.</summary>
    public void Save(ITransformer images, ITransformer trained, IDataView paths, Stream stream) =>
        _context.Model.Save(new TransformerChain<ITransformer>(images, trained), paths.Schema, stream);

    private static IEnumerable<Example> Unlabeled(IReadOnlyList<float[]> features) => features.Select(static _ => new Example());

    private IEnumerable<string> Predictions(ITransformer trained, IReadOnlyList<float[]> features) =>
        trained.Transform(Load(features, Unlabeled(features))).GetColumn<string>(PredictedColumn);

    private IDataView Load(IReadOnlyList<float[]> features, IEnumerable<Example> rows)
    {
        // Trainers leave such rows out, or take NaN for a value of its own, in silence.
        if (features.Count(vector => !vector.All(float.IsFinite)) is > 0 and int bad)
        {
            throw new CommandException(
                $"The features of {bad} of {features.Count} images are not all numbers (NaN or infinite). The model, or the checkpoint "
                + "that it was converted from, is damaged: take another --model.");
        }

        var definition = SchemaDefinition.Create(typeof(Example));
        definition[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features[0].Length);
        return _context.Data.LoadFromEnumerable(features.Zip(rows, static (vector, row) => row with { Features = vector }).ToArray(), definition);
    }

    private sealed record Example
    {
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";

        public float Weight { get; set; } = 1;
    }
}
