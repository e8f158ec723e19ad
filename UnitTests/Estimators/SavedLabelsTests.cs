using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>Whatever the labels of a model, each class keeps its key and its name in a saved pipeline.</summary>
[TestClass]
public sealed class SavedLabelsTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("a|a (2)|a|b|c", "a|a (2)|a (2) (2)|b|c")]
    [DataRow("a|a|a (1)|b|a", "a|a (1) (1)|a (1)|b|a (4)")]
    [DataRow("a||b||c", "a|1|b|3|c")]
    [DataRow("|0|1|b|c", "0 (0)|0|1|b|c")]
    public void Keys_of_labels_that_are_empty_or_alike_do_not_shift(string inFile, string distinct)
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Build(ModelOutputs.Default, inFile.Split('|')));
        CollectionAssert.AreEqual(distinct.Split('|'), model.Labels.ToArray());
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        ITransformer plain = _mlContext.Model.Load(path, out _);
        using var owner = (IDisposable)plain;
        IDataView actual = plain.Transform(data);

        VBuffer<ReadOnlyMemory<char>> keyValues = default;
        actual.Schema["PredictedLabel"].GetKeyValues(ref keyValues);
        CollectionAssert.AreEqual(
            model.Labels.ToArray(), keyValues.DenseValues().Select(static value => value.ToString()).ToArray());
        CollectionAssert.AreEqual(
            pipeline.Transform(data).GetColumn<uint>("PredictedLabel").ToArray(),
            actual.GetColumn<uint>("PredictedLabel").ToArray());
    }
}
