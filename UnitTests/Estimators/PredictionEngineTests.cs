using System.Collections.Concurrent;
using Microsoft.ML;

namespace MlNetMobileViT.UnitTests;

/// <summary>Single predictions give what passes over data give, from any number of threads.</summary>
[TestClass]
public sealed class PredictionEngineTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Every_transform_predicts_what_it_scores()
    {
        using var images = new DrawnImages(5);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.PreprocessImages("Pixels", model.Preprocessing, "Path")
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Pixels"))
            .Append(_mlContext.Transforms.FeaturizeImages("Features", model, "Path"))
            .Append(_mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path"))
            .Append(_mlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"))
            .Fit(data);
        Everything[] expected =
            [.. _mlContext.Data.CreateEnumerable<Everything>(pipeline.Transform(data), reuseRowObject: false)];
        using PredictionEngine<ImageRow, Everything> engine =
            _mlContext.Model.CreatePredictionEngine<ImageRow, Everything>(pipeline);

        // Twice, so that a value left over from the row before would show.
        for (int i = 0; i < 2 * expected.Length; i++)
        {
            Everything one = expected[i % expected.Length];
            Everything actual = engine.Predict(images.Rows[i % expected.Length]);
            CollectionAssert.AreEqual(one.Pixels, actual.Pixels);
            CollectionAssert.AreEqual(one.Logits, actual.Logits);
            CollectionAssert.AreEqual(one.Features, actual.Features);
            CollectionAssert.AreEqual(one.Score, actual.Score);
            CollectionAssert.AreEqual(one.TopLabels, actual.TopLabels);
            Assert.AreEqual(one.Name, actual.Name);
            Assert.AreEqual(one.Probability, actual.Probability);
        }
    }

    [TestMethod]
    public void A_pool_of_engines_shares_one_transformer()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data);
        Prediction[] expected =
            [.. _mlContext.Data.CreateEnumerable<Prediction>(pipeline.Transform(data), reuseRowObject: false)];
        var pool = new ConcurrentBag<PredictionEngine<ImageRow, Prediction>>();
        var options = new PredictionEngineOptions { OwnsTransformer = false };

        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (!pool.TryTake(out PredictionEngine<ImageRow, Prediction>? engine))
            {
                engine = _mlContext.Model.CreatePredictionEngine<ImageRow, Prediction>(pipeline, options);
            }

            Prediction prediction = engine.Predict(images.Rows[i % 6]);
            CollectionAssert.AreEqual(expected[i % 6].Score, prediction.Score);
            pool.Add(engine);
        });

        foreach (PredictionEngine<ImageRow, Prediction> engine in pool)
        {
            engine.Dispose();
        }

        Assert.HasCount(6, pipeline.Transform(data).Vectors("Score"));
    }

    [TestMethod]
    public void An_engine_leaves_a_model_alone_that_was_given_to_the_transform()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        MobileViTScoringEstimator estimator = _mlContext.Transforms.ScoreImages("Logits", model, "Path");
        MobileViTScoringTransformer first = estimator.Fit(data);
        PredictionEngine<ImageRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<ImageRow, ScoredRow>(first);
        float[] expected = engine.Predict(images.Rows[0]).Logits;

        engine.Dispose();

        var error = Assert.ThrowsExactly<ObjectDisposedException>(() => first.Transform(data));
        StringAssert.Contains(error.Message, "OwnsTransformer", StringComparison.Ordinal);
        CollectionAssert.AreEqual(expected, estimator.Fit(data).Transform(data).Vectors("Logits")[0]);
    }

    [TestMethod]
    public void A_model_loaded_by_the_transform_goes_with_its_last_transformer_and_comes_back_with_the_next()
    {
        using var images = new DrawnImages(1);
        string modelFile = images.PathOf("model.onnx");
        File.WriteAllBytes(modelFile, TinyModel.Bytes);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        MobileViTScoringEstimator estimator = _mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path");
        File.Delete(modelFile);
        MobileViTScoringTransformer first = estimator.Fit(data);
        MobileViTScoringTransformer second = estimator.Fit(data);
        float[] expected = second.Transform(data).Vectors("Features")[0];

        first.Dispose();
        Assert.IsFalse(second.Model.IsDisposed);
        second.Dispose();
        Assert.IsTrue(second.Model.IsDisposed);

        using MobileViTScoringTransformer third = estimator.Fit(data);
        CollectionAssert.AreEqual(expected, third.Transform(data).Vectors("Features")[0]);
    }

    [TestMethod]
    public void A_bad_image_throws_or_is_marked()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() });
        using PredictionEngine<ImageRow, ScoredRow> strict = _mlContext.Model.CreatePredictionEngine<ImageRow, ScoredRow>(
            _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data));
        using PredictionEngine<ImageRow, ScoredRow> lenient = _mlContext.Model.CreatePredictionEngine<ImageRow, ScoredRow>(
            _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: new() { BadImages = BadImageHandling.Mark })
                .Fit(data));

        Assert.ThrowsExactly<FileNotFoundException>(() => strict.Predict(new ImageRow { Path = "none.jpg" }));
        Assert.IsTrue(lenient.Predict(new ImageRow { Path = "none.jpg" }).Logits.All(float.IsNaN));
    }

    private sealed class Everything
    {
        public float[] Pixels { get; set; } = [];

        public float[] Logits { get; set; } = [];

        public float[] Features { get; set; } = [];

        public float[] Score { get; set; } = [];

        public string[] TopLabels { get; set; } = [];

        public string Name { get; set; } = "";

        public float Probability { get; set; }
    }
}
