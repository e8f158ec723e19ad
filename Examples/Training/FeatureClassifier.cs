using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace MlNetMobileViT.Examples.Training;

/// <summary>ML.NET's trainers on features, by name.</summary>
/// <param name="trainer">One of <see cref="Trainers"/>.</param>
/// <param name="seed">Makes a run repeatable.</param>
internal sealed class FeatureClassifier(string trainer, int seed)
{
    public const string FeaturesColumn = "Features";
    private const string LabelColumn = "Label";
    private const string PredictedColumn = "PredictedLabel";

    private readonly MLContext _context = new(seed);

    /// <summary>The names that <c>--trainer</c> takes.</summary>
    public static IReadOnlyList<string> Trainers { get; } = ["lbfgs", "sdca", "lightgbm"];

    /// <summary>Trains on features and their labels. What is returned maps features to a predicted label and scores.</summary>
    public ITransformer Fit(IReadOnlyList<float[]> features, IReadOnlyList<string> labels)
    {
        IDataView data = Load(features, labels);
        // The label's mapping stays outside of what is saved: who predicts has no label.
        IDataView keyed = _context.Transforms.Conversion.MapValueToKey(LabelColumn, LabelColumn, keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(data).Transform(data);
        return _context.Transforms.NormalizeMeanVariance(FeaturesColumn, fixZero: false)
            .AppendCacheCheckpoint(_context)
            .Append(Trainer())
            .Append(_context.Transforms.Conversion.MapKeyToValue(PredictedColumn))
            .Fit(keyed);
    }

    /// <summary>The labels that a trained model predicts for features.</summary>
    public IReadOnlyList<string> Predict(ITransformer trained, IReadOnlyList<float[]> features)
    {
        IDataView data = Load(features, Enumerable.Repeat("", features.Count));
        return [.. trained.Transform(data).GetColumn<string>(PredictedColumn)];
    }

    /// <summary>Saves a model that takes paths: the image step, then what was trained on its features.</summary>
    public void Save(ITransformer images, ITransformer trained, IDataView paths, Stream stream) =>
        _context.Model.Save(new TransformerChain<ITransformer>(images, trained), paths.Schema, stream);

    private IDataView Load(IReadOnlyList<float[]> features, IEnumerable<string> labels)
    {
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
            new LightGbmMulticlassTrainer.Options { Seed = seed, Deterministic = true, MinimumExampleCountPerLeaf = 5 }),
        _ => throw new CommandException($"There is no trainer '{trainer}'; there are {string.Join(", ", Trainers)}."),
    };

    private sealed class Example
    {
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
