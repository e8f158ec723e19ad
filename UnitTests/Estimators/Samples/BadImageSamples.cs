using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class BadImageSamples
{
    [TestMethod]
    public void Found()
    {
        string[] files = [Demo.Samples[0], "no such file.jpg", ModelSource.DemoFile];
        string modelFile = ModelSource.DemoFile;

        #region Found
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        var bad = new List<BadImage>();
        var options = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark, BadImageFound = bad.Add };
        using var featurizer = mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path", options: options).Fit(data);
        float[][] features = [.. featurizer.Transform(data).GetColumn<float[]>("Features")];

        foreach (BadImage image in bad)
        {
            Console.WriteLine($"Row {image.Row}, {image.Name}: {image.Error.Message}");
        }
        #endregion

        Assert.HasCount(3, features);
        CollectionAssert.AreEqual((long[])[1, 2], bad.Select(static image => image.Row).ToArray());
        CollectionAssert.AreEqual((string[])[files[1], files[2]], bad.Select(static image => image.Name).ToArray());
    }
}
