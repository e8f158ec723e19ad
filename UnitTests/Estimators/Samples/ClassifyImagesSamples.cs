using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ClassifyImagesSamples
{
    [TestMethod]
    public void Labels()
    {
        string[] files = Demo.Samples;
        string modelFile = ModelSource.DemoFile;

        #region Labels
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        using var classifier = mlContext.Transforms.ClassifyImages("PredictedLabel", modelFile, "Path").Fit(data);
        IDataView result = classifier.Transform(data);

        // The five most likely labels of each image, most likely first.
        foreach (string[] labels in result.GetColumn<string[]>("TopLabels"))
        {
            Console.WriteLine(string.Join(", ", labels));
        }
        #endregion

        string[] expected = [.. files.Select(static file => Path.GetFileNameWithoutExtension(file).Replace('_', ' '))];
        CollectionAssert.AreEqual(
            expected, result.GetColumn<string[]>("TopLabels").Select(static labels => labels[0]).ToArray());
    }

    [TestMethod]
    public void BadImages()
    {
        string[] files = [Demo.Samples[0], ModelSource.DemoFile, "no such file.jpg"];
        string modelFile = ModelSource.DemoFile;

        #region BadImages
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        // An image that cannot be read does not stop the others: its row says why.
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        var options = new MobileViTClassificationOptions { TopK = 1, BadImages = BadImageHandling.Mark };
        using var classifier = mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options).Fit(data);

        foreach (string error in classifier.Transform(data).GetColumn<string>("Error"))
        {
            Console.WriteLine(error.Length == 0 ? "fine" : error);
        }
        #endregion

        string[] errors = [.. classifier.Transform(data).GetColumn<string>("Error")];
        Assert.AreEqual("", errors[0]);
        Assert.Contains(Path.GetFileName(modelFile), errors[1]);
        Assert.Contains("no such file.jpg", errors[2]);
    }
}
