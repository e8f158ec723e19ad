using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>The committed demo model, from files to labels.</summary>
[TestClass]
public sealed class DemoModelTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void The_committed_samples_get_the_labels_of_their_names()
    {
        using MobileViTModel model = LoadDemo();
        string[] files = Directory.GetFiles(Reference.InRepository("Tool", "Demo", "samples"));
        IDataView data = _mlContext.Data.LoadFromEnumerable(files.Select(static path => new ImageRow { Path = path }));

        Prediction[] predictions = [.. _mlContext.Data.CreateEnumerable<Prediction>(
            _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data).Transform(data), reuseRowObject: false)];

        Assert.IsNotEmpty(files);
        foreach ((string file, Prediction prediction) in files.Zip(predictions))
        {
            Assert.AreEqual(Path.GetFileNameWithoutExtension(file).Replace('_', ' '), prediction.TopLabels[0]);
        }
    }

    [TestMethod]
    [RequiresReference]
    public void Every_held_out_picture_gets_the_references_prediction()
    {
        string[][] lines =
            [.. File.ReadLines(Reference.PathOf("demo", "eval.csv")).Skip(1).Select(static line => line.Split(','))];
        using MobileViTModel model = LoadDemo();
        IDataView data = _mlContext.Data.LoadFromEnumerable(lines.Select(static line => new ImageRow { Path = line[0] }));
        var options = new MobileViTClassificationOptions
        {
            ImageFolder = Reference.PathOf("demo", "eval"),
            AdditionalOutputs = [new("Logits", ModelOutputs.Logits)],
        };

        IDataView result = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options).Fit(data).Transform(data);

        string[] labels = [.. result.GetColumn<string[]>("TopLabels").Select(static top => top[0])];
        float[][] logits = result.Vectors("Logits");
        for (int i = 0; i < lines.Length; i++)
        {
            Assert.AreEqual(lines[i][2], labels[i], lines[i][0]);
            float[] expected = [.. lines[i][4..].Select(static text => float.Parse(text, CultureInfo.InvariantCulture))];
            Assert.IsLessThanOrEqualTo(5e-4, Numbers.MaxDifference(expected, logits[i]), lines[i][0]);
        }
    }

    private static MobileViTModel LoadDemo() =>
        MobileViTModel.Load(Reference.InRepository("Tool", "Demo", "mobilevit_xxs_shapes.onnx"));
}
