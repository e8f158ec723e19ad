using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests.Estimators;

/// <summary>The columns that a loaded pipeline reads and makes are those of the original, for trainers and in other processes.</summary>
[TestClass]
public sealed class SavedColumnsTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_trainer_on_scores_and_the_best_probabilities_survives(bool hasLogits)
    {
        using var images = new DrawnImages(9);
        using MobileViTModel model = hasLogits ? TinyModel.Load() : TinyModel.Load([ModelOutputs.Probabilities]);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        TransformerChain<ITransformer> trained = new EstimatorChain<ITransformer>()
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Label", "Kind"))
            .Append<ITransformer>(_mlContext.Transforms.ClassifyImages(
                "Class", model, "Path", new() { ScoreColumnName = "Probabilities", TopK = 3 }))
            .Append(_mlContext.Transforms.NormalizeMinMax("Normalized", "TopProbabilities"))
            .Append(_mlContext.Transforms.Concatenate("Features", "Probabilities", "TopProbabilities", "Normalized"))
            .AppendCacheCheckpoint(_mlContext)
            .Append<ITransformer>(_mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 10))
            .Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(trained, data.Schema, path);
        IDataView expected = trained.Transform(data);

        ITransformer plain = _mlContext.Model.Load(path, out _);
        using var owner = (IDisposable)plain;
        IDataView actual = plain.Transform(data);

        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3), actual.Schema["TopProbabilities"].Type);
        foreach (string column in (string[])["TopProbabilities", "Normalized", "Score"])
        {
            foreach ((float[] one, float[] other) in expected.Vectors(column).Zip(actual.Vectors(column)))
            {
                Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(one, other), column);
            }
        }
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("fast")]
    public void Images_that_LoadImages_loads_score_in_a_process_that_knows_nothing_of_them(string loader)
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.LoadImages("Image", imageFolder: "", "Path")
            .Append(_mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Image")).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        string[] lines = LoadingProcess.Run([loader, path, "Score", .. images.Rows.Select(static row => row.Path!)]);

        foreach ((float[] one, string line) in pipeline.Transform(data).Vectors("Score").Zip(lines))
        {
            Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(one, LoadingProcess.Numbers(line)));
        }
    }

    [TestMethod]
    public void Keys_are_the_same_where_labels_are_empty_or_look_like_each_others_repetition()
    {
        using var images = new DrawnImages(20);
        byte[] onnx = TinyModel.Build(ModelOutputs.Default, ["a", "a (2)", "a", "", "b"]);
        using MobileViTModel model = MobileViTModel.Load(onnx);
        CollectionAssert.AreEqual((string[])["a", "a (2)", "a (2) (2)", "3", "b"], model.Labels.ToArray());
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        ITransformer plain = _mlContext.Model.Load(path, out _);
        using var owner = (IDisposable)plain;

        IDataView expected = pipeline.Transform(data), actual = plain.Transform(data);
        Assert.AreEqual(expected.Schema["PredictedLabel"].Type, actual.Schema["PredictedLabel"].Type);
        CollectionAssert.AreEqual(
            expected.GetColumn<uint>("PredictedLabel").ToArray(), actual.GetColumn<uint>("PredictedLabel").ToArray());
    }

    [TestMethod]
    public void The_best_probabilities_of_a_bad_image_are_missing()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows.Append(new ImageRow { Path = "none.png" }));
        var pipeline = _mlContext.Transforms
            .ClassifyImages("PredictedLabel", model, "Path", new() { BadImages = BadImageHandling.Mark, TopK = 2 }).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        ITransformer plain = _mlContext.Model.Load(path, out _);
        using var owner = (IDisposable)plain;
        float[][] top = plain.Transform(data).Vectors("TopProbabilities");

        Assert.IsFalse(top[0].Any(float.IsNaN));
        Assert.HasCount(2, top[1]);
        Assert.IsTrue(top[1].All(float.IsNaN));
    }
}
