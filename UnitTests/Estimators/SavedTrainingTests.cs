using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>What was trained on the columns of a step finds them again in a loaded pipeline.</summary>
[TestClass]
public sealed class SavedTrainingTests
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
