using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ScoreImagesSamples
{
    [TestMethod]
    public void Probabilities()
    {
        string[] files = Demo.Samples;
        string modelFile = ModelSource.DemoFile;

        #region Probabilities
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        using var scorer = mlContext.Transforms
            .ScoreImages("Score", modelFile, "Path", ModelOutputs.Probabilities)
            .Fit(data);

        foreach (float[] score in scorer.Transform(data).GetColumn<float[]>("Score"))
        {
            Console.WriteLine($"Class {Array.IndexOf(score, score.Max())} of {score.Length}: {score.Max():P1}");
        }
        #endregion

        Assert.IsTrue(scorer.Transform(data).GetColumn<float[]>("Score").All(static score => score.Max() > 0.9f));
    }

    [TestMethod]
    public void TwoOutputs()
    {
        string[] files = Demo.Samples;
        string modelFile = ModelSource.DemoFile;

        #region TwoOutputs
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        // One pass over the images, one run of the model, two columns.
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        var options = new MobileViTScoringOptions { AdditionalOutputs = [new("Features", ModelOutputs.Features)] };
        using var scorer = mlContext.Transforms.ScoreImages("Logits", model, "Path", options: options).Fit(data);

        DataViewSchema schema = scorer.GetOutputSchema(data.Schema);
        Console.WriteLine($"{schema["Logits"].Type}, {schema["Features"].Type}"); // Vector<Single, 16>, Vector<Single, 320>
        #endregion

        Assert.AreEqual("Vector<Single, 16>, Vector<Single, 320>", $"{schema["Logits"].Type}, {schema["Features"].Type}");
        Assert.HasCount(
            files.Length, scorer.Transform(data).GetColumn<float[]>("Features").Select(static features => features[0]).Distinct());
    }

    [TestMethod]
    public void TwoColumns()
    {
        string[] files = Demo.Samples;
        string otherFile = "no such file.jpg";
        string modelFile = ModelSource.DemoFile;

        #region TwoColumns
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
        InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];

        using MobileViTModel model = MobileViTModel.Load(modelFile);
        var options = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
        using var scorer = mlContext.Transforms.ScoreImages(columns, model, options: options).Fit(data);

        foreach (string error in scorer.Transform(data).GetColumn<string>("Right.Error"))
        {
            Console.WriteLine(error.Length == 0 ? "fine" : error);
        }
        #endregion

        Assert.IsTrue(scorer.Transform(data).GetColumn<string>("Right.Error").All(static error => error.Contains("no such file.jpg", StringComparison.Ordinal)));
        Assert.IsTrue(scorer.Transform(data).GetColumn<string>("Left.Error").All(static error => error.Length == 0));
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

        using var scorer = mlContext.Transforms.ScoreImages(columns, modelFile, ModelOutputs.Probabilities).Fit(data);

        foreach (float[] score in scorer.Transform(data).GetColumn<float[]>("Right"))
        {
            Console.WriteLine($"Class {Array.IndexOf(score, score.Max())}: {score.Max():P1}");
        }
        #endregion

        float[][] left = [.. scorer.Transform(data).GetColumn<float[]>("Left")];
        Assert.IsTrue(scorer.Transform(data).GetColumn<float[]>("Right").All(right => right.SequenceEqual(left[0])));
    }
}
