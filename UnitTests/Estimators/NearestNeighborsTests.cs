using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class NearestNeighborsTests
{
    private const int Width = 24;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(5, false)]
    [DataRow(5, true)]
    [DataRow(1000, true, DisplayName = "more neighbours than rows")]
    public void Votes_are_those_of_a_plain_computation(int neighbors, bool hasWeights)
    {
        Example[] rows = Make(60, seed: 3);
        Example[] queries = Make(25, seed: 4);
        string[] classes = [.. rows.Select(static row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        using TransformerChain<ITransformer> trained = Fit(rows, neighbors, hasWeights ? nameof(Example.Weight) : null);

        IDataView scored = trained.Transform(_mlContext.Data.LoadFromEnumerable(queries));
        float[][] scores = scored.Vectors("Score");
        string[] predicted = [.. Texts(scored)];

        CollectionAssert.AreEqual(classes, SlotNames(scored));
        for (int i = 0; i < queries.Length; i++)
        {
            double[] expected = Plain(rows, queries[i], classes, neighbors, hasWeights);
            for (int c = 0; c < classes.Length; c++)
            {
                Assert.AreEqual(expected[c], scores[i][c], 2e-5, $"row {i}, class {classes[c]}");
            }

            Assert.AreEqual(classes[Array.IndexOf(scores[i], scores[i].Max())], predicted[i]);
        }
    }

    [TestMethod]
    public void Of_equal_rows_and_classes_the_first_counts()
    {
        float[] same = [.. Enumerable.Repeat(1f, Width)];
        Example[] rows = [.. "bbaacc".Select(name => new Example { Label = $"{name}", Features = same })];
        using TransformerChain<ITransformer> one = Fit(rows, 1);
        using TransformerChain<ITransformer> all = Fit(rows, 6);
        IDataView query = _mlContext.Data.LoadFromEnumerable([new Example { Features = same }]);
        Assert.AreEqual("b", Texts(one.Transform(query)).Single());
        Assert.AreEqual("a", Texts(all.Transform(query)).Single());
        foreach (float score in all.Transform(query).Vectors("Score")[0])
        {
            Assert.AreEqual(1.0 / 3, score, 1e-6);
        }
    }

    [TestMethod]
    public void Length_does_not_count_and_zeros_are_like_nothing()
    {
        Example[] rows = Make(40, seed: 5);
        using TransformerChain<ITransformer> trained = Fit(rows, 3);
        float[] features = Make(1, seed: 6)[0].Features;
        float[][] scores = trained.Transform(_mlContext.Data.LoadFromEnumerable(
            ((float[])[1f, 1e30f, 1e-30f, 0f]).Select(factor => new Example { Features = [.. features.Select(value => value * factor)] })))
            .Vectors("Score");
        Assert.IsLessThan(1e-5, Numbers.MaxDifference(scores[0], scores[1]));
        Assert.IsLessThan(1e-5, Numbers.MaxDifference(scores[0], scores[2]));
        // Every cosine is 0, so that the first three rows vote alike.
        Assert.AreEqual(1, scores[3].Sum(), 1e-6);
        Assert.AreEqual(rows.Take(3).Count(row => row.Label == rows[0].Label) / 3.0, scores[3].Max(), 1e-6);
    }

    [TestMethod]
    public void Missing_features_have_no_class_and_rows_without_features_label_or_weight_do_not_vote()
    {
        Example[] rows = Make(30, seed: 7);
        Example[] bad =
        [
            new() { Label = "bad", Features = [.. Enumerable.Repeat(float.NaN, Width)] },
            new() { Label = "bad", Features = [.. Enumerable.Repeat(float.PositiveInfinity, Width)] },
            new() { Label = "bad", Features = rows[0].Features, Weight = 0 },
            new() { Label = "bad", Features = rows[0].Features, Weight = float.NaN },
        ];
        using TransformerChain<ITransformer> trained = Fit([.. bad, .. rows], 40, nameof(Example.Weight));
        IDataView scored = trained.Transform(_mlContext.Data.LoadFromEnumerable([rows[0], bad[0], bad[1]]));
        float[][] scores = scored.Vectors("Score");
        Assert.AreEqual(0, scores[0][Array.IndexOf(SlotNames(scored), "bad")]);
        Assert.IsTrue(scores[1].All(float.IsNaN));
        Assert.IsTrue(scores[2].All(float.IsNaN));
        uint[] keys = [.. scored.GetColumn<uint>("PredictedLabel")];
        Assert.IsGreaterThan(0u, keys[0]);
        Assert.AreEqual(0u, keys[1]);
        Assert.AreEqual(0u, keys[2]);
    }

    [TestMethod]
    public void It_is_saved_and_loaded_alone_and_behind_images_and_serves_an_engine()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = new EstimatorChain<ITransformer>()
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Label", "Kind"))
            .Append<ITransformer>(_mlContext.Transforms.FeaturizeImages("Features", model, "Path", ModelOutputs.Logits))
            .Append<ITransformer>(_mlContext.MulticlassClassification.Trainers.NearestNeighbors(neighborCount: 2))
            .Append<ITransformer>(_mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using TransformerChain<ITransformer> trained = pipeline.Fit(data);
        float[][] expected = trained.Transform(data).Vectors("Score");
        string[] labels = [.. trained.Transform(data).GetColumn<string>("PredictedLabel")];
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(trained, data.Schema, path);

        foreach (string loader in (string[])["plain", "fast"])
        {
            string[] lines = LoadingProcess.Run([loader, path, "Score", .. images.Rows.Select(static row => row.Path!)]);
            Assert.HasCount(6, lines);
            for (int i = 0; i < lines.Length; i++)
            {
                Assert.IsLessThan(1e-4, Numbers.MaxDifference(expected[i], LoadingProcess.Numbers(lines[i])), loader);
            }
        }

        var other = new MLContext();
        ITransformer loaded = other.Model.LoadMobileViT(path, out _);
        using PredictionEngine<ImageRow, Predicted> engine = other.Model.CreatePredictionEngine<ImageRow, Predicted>(loaded);
        ImageRow[] rows = [.. images.Rows];
        for (int i = 0; i < rows.Length; i++)
        {
            Predicted predicted = engine.Predict(rows[i]);
            Assert.AreEqual(labels[i], predicted.PredictedLabel);
            Assert.IsLessThan(1e-4, Numbers.MaxDifference(expected[i], predicted.Score));
        }
    }

    [TestMethod]
    public void Mlnets_evaluator_and_its_cross_validation_take_it()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(Make(60, seed: 8));
        IDataView keyed = Keyed(data);
        NearestNeighborsEstimator estimator = _mlContext.MulticlassClassification.Trainers.NearestNeighbors();
        var runs = _mlContext.MulticlassClassification.CrossValidate(keyed, estimator, numberOfFolds: 3);
        Assert.HasCount(3, runs);
        Assert.IsGreaterThan(0.9, runs.Average(static run => run.Metrics.MicroAccuracy));
    }

    [TestMethod]
    public void What_does_not_fit_is_refused_by_name()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(Make(4, seed: 9));
        var trainers = _mlContext.MulticlassClassification.Trainers;
        IDataView keyed = Keyed(data);
        Assert.Contains("'Label'", Refused(data, trainers.NearestNeighbors()));
        Assert.Contains("'none'", Refused(keyed, trainers.NearestNeighbors(featureColumnName: "none")));
        Assert.Contains("'Weight'", Refused(keyed, trainers.NearestNeighbors(featureColumnName: "Weight")));
        Assert.Contains("'none'", Refused(keyed, trainers.NearestNeighbors(exampleWeightColumnName: "none")));
        Assert.Contains("nothing to learn from", Refused(
            Keyed(_mlContext.Data.LoadFromEnumerable([new Example { Label = "a", Features = [.. Enumerable.Repeat(float.NaN, Width)] }])),
            trainers.NearestNeighbors()));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.NearestNeighbors(neighborCount: 0));

        static string Refused(IDataView data, NearestNeighborsEstimator estimator) =>
            Assert.Throws<ArgumentException>(() => estimator.Fit(data)).Message;
    }

    private static double[] Plain(Example[] rows, Example query, string[] classes, int neighbors, bool hasWeights)
    {
        double[] votes = new double[classes.Length];
        foreach (Example row in rows.OrderByDescending(row => Cosine(row.Features, query.Features)).Take(neighbors))
        {
            votes[Array.IndexOf(classes, row.Label)] += Math.Exp(Cosine(row.Features, query.Features) / 0.07) * (hasWeights ? row.Weight : 1);
        }

        return [.. votes.Select(vote => vote / votes.Sum())];
    }

    private static double Cosine(float[] one, float[] other)
    {
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < one.Length; i++)
        {
            product += (double)one[i] * other[i];
            first += (double)one[i] * one[i];
            second += (double)other[i] * other[i];
        }

        return product / Math.Sqrt(first) / Math.Sqrt(second);
    }

    /// <summary>Rows of three classes around a direction each.</summary>
    private static Example[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new Example
            {
                Label = $"class {i % 3}",
                Weight = 0.5f + (i % 4),
                Features = [.. Enumerable.Range(0, Width).Select(j => (j % 3 == i % 3 ? 1.5f : 0) + (2 * random.NextSingle()) - 1)],
            }),
        ];
    }

    private static IEnumerable<string> Texts(IDataView scored) =>
        new MLContext().Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored).GetColumn<string>("PredictedLabel");

    private static string[] SlotNames(IDataView scored)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(static name => name.ToString())];
    }

    private IDataView Keyed(IDataView data) => _mlContext.Transforms.Conversion
        .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data).Transform(data);

    private TransformerChain<ITransformer> Fit(Example[] rows, int neighbors, string? weight = null) =>
        _mlContext.MulticlassClassification.Trainers.NearestNeighbors(exampleWeightColumnName: weight, neighborCount: neighbors)
            .Fit(Keyed(_mlContext.Data.LoadFromEnumerable(rows)));

    private sealed class Example
    {
        public string Label { get; set; } = "";

        public float Weight { get; set; } = 1;

        [VectorType(Width)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Predicted
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
