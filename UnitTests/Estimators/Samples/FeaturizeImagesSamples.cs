using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class FeaturizeImagesSamples
{
    [TestMethod]
    public void Training()
    {
        string[] files = Demo.Samples;
        string modelFile = ModelSource.DemoFile;

        #region Training
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(
            files.Select(file => new { Path = file, Label = Path.GetFileName(file).Split('_')[0] })); // red or blue

        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path"))
            .AppendCacheCheckpoint(mlContext)
            .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy());
        using var trained = pipeline.Fit(data);

        var metrics = mlContext.MulticlassClassification.Evaluate(trained.Transform(data));
        Console.WriteLine($"Accuracy on the training data: {metrics.MicroAccuracy:P0}");
        #endregion

        Assert.AreEqual(1, metrics.MicroAccuracy);
    }

    [TestMethod]
    public void Similarity()
    {
        string[] files = [.. Demo.Samples, Demo.Samples[0]];
        string modelFile = ModelSource.DemoFile;

        #region Similarity
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        using MobileViTModel model = MobileViTModel.Load(modelFile);
        using var featurizer = mlContext.Transforms.FeaturizeImages("Features", model, "Path").Fit(data);
        float[][] features = [.. featurizer.Transform(data).GetColumn<float[]>("Features")];

        int nearest = Enumerable.Range(1, features.Length - 1)
            .MaxBy(i => TensorPrimitives.CosineSimilarity(features[0], features[i]));
        Console.WriteLine($"{files[nearest]} is most like {files[0]}");
        #endregion

        Assert.AreEqual(files.Length - 1, nearest, "The same picture was not the most similar.");
    }

    [TestMethod]
    public void TwoColumns()
    {
        string[] files = Demo.Samples;
        string otherFile = files[0];
        string modelFile = ModelSource.DemoFile;

        #region TwoColumns
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
        InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];

        using MobileViTModel model = MobileViTModel.Load(modelFile);
        using var featurizer = mlContext.Transforms.FeaturizeImages(columns, model).Fit(data);

        IDataView result = featurizer.Transform(data);
        float[] similarities =
        [
            .. result.GetColumn<float[]>("Left").Zip(result.GetColumn<float[]>("Right"), (left, right) => TensorPrimitives.CosineSimilarity(left, right)),
        ];
        #endregion

        Assert.AreEqual(1, similarities[0], 1e-5);
        Assert.IsTrue(similarities.Skip(1).All(static similarity => similarity < 0.999f));
    }

    [TestMethod]
    public void TwoColumnsOfAFile()
    {
        string[] files = Demo.Samples;
        string otherFile = files[0];
        string modelFile = ModelSource.DemoFile;

        #region TwoColumnsOfAFile
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
        InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];

        // One vector of both images, for a trainer to learn from.
        var pipeline = mlContext.Transforms.FeaturizeImages(columns, modelFile)
            .Append(mlContext.Transforms.Concatenate("Features", "Left", "Right"));
        using var fitted = pipeline.Fit(data);

        Console.WriteLine(fitted.GetOutputSchema(data.Schema)["Features"].Type); // Vector<Single, 640>
        #endregion

        Assert.AreEqual("Vector<Single, 640>", fitted.GetOutputSchema(data.Schema)["Features"].Type.ToString());
    }
}
