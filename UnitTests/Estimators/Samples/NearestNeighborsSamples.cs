using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class NearestNeighborsSamples
{
    [TestMethod]
    public void FewImages()
    {
        string[] files = Demo.Samples;
        string modelFile = ModelSource.DemoFile;

        #region FewImages
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(
            files.Select(file => new { Path = file, Label = Path.GetFileName(file).Split('_')[0] })); // red or blue

        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path"))
            .Append(mlContext.MulticlassClassification.Trainers.NearestNeighbors(neighborCount: 3))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using var trained = pipeline.Fit(data);

        string[] predicted = [.. trained.Transform(data).GetColumn<string>("PredictedLabel")];
        Console.WriteLine($"{files[0]} is {predicted[0]}");
        #endregion

        CollectionAssert.AreEqual(files.Select(static file => Path.GetFileName(file).Split('_')[0]).ToArray(), predicted);
    }
}
