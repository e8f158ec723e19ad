using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>ML.NET's own transforms, trainers and evaluators work downstream.</summary>
[TestClass]
public sealed class TrainingTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Features_train_a_classifier()
    {
        using var images = new DrawnImages(30);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        ITransformer trained = Pipeline(model).Fit(data);
        MulticlassClassificationMetrics metrics =
            _mlContext.MulticlassClassification.Evaluate(trained.Transform(data));

        Assert.IsGreaterThan(0.6, metrics.MicroAccuracy);
        Assert.HasCount(30, trained.Transform(data).Texts("Name"));
    }

    [TestMethod]
    public void Cross_validation_works()
    {
        using var images = new DrawnImages(18);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView features = _mlContext.Transforms.FeaturizeImages("Features", model, "Path")
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Label", "Kind"))
            .Fit(data).Transform(data);

        var folds = _mlContext.MulticlassClassification.CrossValidate(
            features, _mlContext.MulticlassClassification.Trainers.NaiveBayes(), numberOfFolds: 3);

        Assert.HasCount(3, folds);
        Assert.IsTrue(folds.All(static fold => !double.IsNaN(fold.Metrics.MicroAccuracy)));
    }

    [TestMethod]
    public void The_evaluator_reads_the_classification_by_its_default_names()
    {
        using var images = new DrawnImages(12);
        using MobileViTModel model = TinyModel.Load();
        IDataView rows = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView classified = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(rows).Transform(rows);
        Prediction[] predictions = [.. _mlContext.Data.CreateEnumerable<Prediction>(classified, reuseRowObject: false)];
        // The truth is what the model says, but for one row: eleven of twelve are right.
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows.Select((row, i) => new LabelledRow
        {
            Path = row.Path!,
            Truth = predictions[i].TopLabels[i == 4 ? 1 : 0],
        }));
        IDataView keys = _mlContext.Data.LoadFromEnumerable(model.Labels.Select(static label => new LabelledRow { Truth = label }));
        IDataView labelled = _mlContext.Transforms.Conversion.MapValueToKey("Label", "Truth", keyData:
                _mlContext.Transforms.SelectColumns("Truth").Fit(keys).Transform(keys))
            .Append(_mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path"))
            .Fit(data).Transform(data);

        MulticlassClassificationMetrics metrics = _mlContext.MulticlassClassification.Evaluate(labelled, topKPredictionCount: 2);

        Assert.AreEqual(11.0 / 12, metrics.MicroAccuracy, 1e-9);
        Assert.AreEqual(1, metrics.TopKAccuracy, 1e-9);
        double logLoss = predictions.Select((p, i) => -Math.Log(p.TopProbabilities[i == 4 ? 1 : 0])).Average();
        Assert.AreEqual(logLoss, metrics.LogLoss, 1e-5);
    }

    [TestMethod]
    public void One_run_yields_classes_features_and_a_stage()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load([.. ModelOutputs.Default, "layer_3"]);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var options = new MobileViTClassificationOptions
        {
            AdditionalOutputs = [new("Features", ModelOutputs.Features), new("Stage", "layer_3")],
        };

        IDataView both = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options).Fit(data).Transform(data);
        IDataView apart = _mlContext.Transforms.FeaturizeImages("Features", model, "Path")
            .Append(_mlContext.Transforms.FeaturizeImages("Stage", model, "Path", "layer_3"))
            .Fit(data).Transform(data);

        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 8, 4, 4), both.Schema["Stage"].Type);
        foreach (string column in (string[])["Features", "Stage"])
        {
            foreach ((float[] one, float[] other) in both.Vectors(column).Zip(apart.Vectors(column)))
            {
                CollectionAssert.AreEqual(one, other);
            }
        }
    }

    internal static IEstimator<ITransformer> Pipeline(MLContext mlContext, MobileViTModel model) =>
        mlContext.Transforms.FeaturizeImages("Features", model, "Path")
            .Append(mlContext.Transforms.Conversion.MapValueToKey("Label", "Kind"))
            .Append(mlContext.Transforms.NormalizeMinMax("Features"))
            // The trainer passes over its data many times; without the checkpoint every pass would score the images again.
            .AppendCacheCheckpoint(mlContext)
            .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 100))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"));

    private IEstimator<ITransformer> Pipeline(MobileViTModel model) => Pipeline(_mlContext, model);

    private sealed class LabelledRow
    {
        public string Path { get; set; } = "";

        public string Truth { get; set; } = "";
    }
}
