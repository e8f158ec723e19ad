using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace MlNetMobileViT.Tool;

/// <summary>ML.NET's trainers on features, by name.</summary>
/// <param name="trainer">One of <see cref="Trainers"/>.</param>
/// <param name="seed">Makes a run repeatable.</param>
internal sealed class FeatureClassifier(string trainer, int seed)
{
    public const string FeaturesColumn = "Features";
    private const string LabelColumn = "Label";
    private const string PredictedColumn = "PredictedLabel";
    private const string ScoreColumn = "Score";

    // LightGBM's own least is 20; a few dozen images a class are what people have.
    private const int LeastOfLeaf = 5;

    private readonly MLContext _context = new(seed);

    /// <summary>The names that <c>--trainer</c> takes.</summary>
    public static IReadOnlyList<string> Trainers { get; } = ["lbfgs", "sdca", "lightgbm"];

    private string WayOut => trainer == "lightgbm"
        ? $"LightGBM tells images apart only by what at least {LeastOfLeaf} on either side have: add images, or take --trainer "
            + $"{Trainers[0]}."
        : "Add images, or take another --trainer, --layer or --model.";

    /// <summary>Trains on features and their labels. What is returned maps features to a predicted label and scores.</summary>
    /// <exception cref="CommandException">There is nothing in the features to learn from, or they are no numbers.</exception>
    public ITransformer Fit(IReadOnlyList<float[]> features, IReadOnlyList<string> labels)
    {
        IDataView data = Load(features, labels);
        if (features.All(vector => vector.AsSpan().SequenceEqual(features[0])))
        {
            throw new CommandException(
                $"All {features.Count} images to train on have the same features, so nothing tells their classes apart. If they are not "
                + "one picture, take another --layer or --model.");
        }

        // The label's mapping stays outside of what is saved: who predicts has no label.
        IDataView keyed = _context.Transforms.Conversion.MapValueToKey(LabelColumn, LabelColumn, keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(data).Transform(data);
        var pipeline = _context.Transforms.NormalizeMeanVariance(FeaturesColumn, fixZero: false)
            .AppendCacheCheckpoint(_context)
            .Append(Trainer())
            .Append(_context.Transforms.Conversion.MapKeyToValue(PredictedColumn));
        try
        {
            return pipeline.Fit(keyed);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or OverflowException)
        {
            // Once it has valid arguments, a trainer throws these where the features leave it nothing to work with.
            throw new CommandException(
                $"The trainer '{trainer}' cannot learn from the features of these {features.Count} images ("
                + $"{exception.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.')}). {WayOut}",
                exception);
        }
    }

    /// <summary>Says in a sentence that a trained model tells nothing apart; null where it does.</summary>
    /// <param name="trained">What <see cref="Fit"/> returned.</param>
    /// <param name="features">What it was trained on.</param>
    public string? NothingLearned(ITransformer trained, IReadOnlyList<float[]> features) =>
        Predict(trained, features).Distinct().ToArray() is [var only]
            ? $"the classifier learned nothing: it takes every one of the {features.Count} images that it was trained on for '{only}'. {WayOut}"
            : null;

    /// <summary>The labels that a trained model predicts for features.</summary>
    /// <exception cref="CommandException">The features are no numbers.</exception>
    public IReadOnlyList<string> Predict(ITransformer trained, IReadOnlyList<float[]> features)
    {
        IDataView data = Load(features, Enumerable.Repeat("", features.Count));
        return [.. trained.Transform(data).GetColumn<string>(PredictedColumn)];
    }

    /// <summary>The probabilities that a trained model gives, in the order of some labels.</summary>
    /// <param name="trained">What <see cref="Fit"/> returned.</param>
    /// <param name="features">The features of each picture.</param>
    /// <param name="labels">The labels that it was trained on, and perhaps more, which have the probability 0.</param>
    /// <exception cref="CommandException">The features are no numbers.</exception>
    public IReadOnlyList<float[]> Probabilities(ITransformer trained, IReadOnlyList<float[]> features, IReadOnlyList<string> labels)
    {
        IDataView scored = trained.Transform(Load(features, Enumerable.Repeat("", features.Count)));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema[ScoreColumn].GetSlotNames(ref names);
        int[] slots = [.. labels.Select(label => Array.FindIndex(names.DenseValues().ToArray(), name => name.Span.SequenceEqual(label)))];
        return [.. scored.GetColumn<float[]>(ScoreColumn).Select(row => slots.Select(slot => slot < 0 ? 0 : row[slot]).ToArray())];
    }

    /// <summary>Saves a model that takes paths: the image step, then what was trained on its features.</summary>
    public void Save(ITransformer images, ITransformer trained, IDataView paths, Stream stream) =>
        _context.Model.Save(new TransformerChain<ITransformer>(images, trained), paths.Schema, stream);

    private IDataView Load(IReadOnlyList<float[]> features, IEnumerable<string> labels)
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
        return _context.Data.LoadFromEnumerable(
            features.Zip(labels, (vector, label) => new Example { Features = vector, Label = label }).ToArray(), definition);
    }

    private IEstimator<ITransformer> Trainer() => trainer switch
    {
        "sdca" => _context.MulticlassClassification.Trainers.SdcaMaximumEntropy(
            new Microsoft.ML.Trainers.SdcaMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 }),
        "lbfgs" => _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new Microsoft.ML.Trainers.LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 }),
        "lightgbm" => _context.MulticlassClassification.Trainers.LightGbm(
            new LightGbmMulticlassTrainer.Options { Seed = seed, Deterministic = true, MinimumExampleCountPerLeaf = LeastOfLeaf }),
        _ => throw new CommandException($"There is no trainer '{trainer}'; there are {string.Join(", ", Trainers)}."),
    };

    private sealed class Example
    {
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
