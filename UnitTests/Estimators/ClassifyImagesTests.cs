using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ClassifyImagesTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void The_columns_say_the_same_thing_in_different_ways()
    {
        using var images = new DrawnImages(12);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        IDataView result = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", new() { TopK = 3 })
            .Fit(data).Transform(data);

        Prediction[] predictions = [.. _mlContext.Data.CreateEnumerable<Prediction>(result, reuseRowObject: false)];
        Assert.HasCount(12, predictions);
        foreach ((Prediction prediction, ImageRow row) in predictions.Zip(images.Rows))
        {
            int[] top = Numbers.Top(prediction.Score, 3);
            Assert.AreEqual(row.Id, prediction.Id);
            Assert.AreEqual(1, prediction.Score.Sum(), 1e-5);
            Assert.AreEqual((uint)top[0] + 1, prediction.PredictedLabel);
            Assert.AreEqual(prediction.Score[top[0]], prediction.Probability);
            CollectionAssert.AreEqual(top.Select(i => model.Labels[i]).ToArray(), prediction.TopLabels);
            CollectionAssert.AreEqual(top.Select(i => prediction.Score[i]).ToArray(), prediction.TopProbabilities);
        }

        Assert.IsGreaterThan(1, predictions.Select(static p => p.Score[0]).Distinct().Count(), "All pictures got one score.");
    }

    [TestMethod]
    public void Annotations_carry_the_labels()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() });

        DataViewSchema schema = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data)
            .GetOutputSchema(data.Schema);

        string[] labels = ["ant", "bee", "crane", "crane (3)", "eel"];
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["PredictedLabel"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(labels, names.DenseValues().Select(static name => name.ToString()).ToArray());
        schema["Score"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(labels, names.DenseValues().Select(static name => name.ToString()).ToArray());
        CollectionAssert.AreEqual(labels, model.Labels.ToArray());
    }
}
