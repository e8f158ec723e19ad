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
}
