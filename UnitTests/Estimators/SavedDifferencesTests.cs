using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>What ML.NET's own loader does not keep is what the remarks of the fast one list, and no more.</summary>
[TestClass]
public sealed class SavedDifferencesTests
{
    private static readonly string[] KeptTypes = ["PredictedLabel", "Score", "Probability", "TopProbabilities", "Error"];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("ant|bee|crane|doe|eel", "")]
    [DataRow("", "SlotNames")]
    public void Sizes_and_annotations_are_kept_but_for_those_that_are_listed(string labels, string lostToo)
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = MobileViTModel.Load(
            TinyModel.Build(ModelOutputs.Default, labels.Split('|', StringSplitOptions.RemoveEmptyEntries)));
        (IDataView fast, IDataView plain) = SaveAndLoad(images, model, images.Rows);

        foreach (string name in KeptTypes)
        {
            Assert.AreEqual(fast.Schema[name].Type, plain.Schema[name].Type, name);
        }

        Assert.AreEqual(new VectorDataViewType(TextDataViewType.Instance, 2), fast.Schema["TopLabels"].Type);
        Assert.AreEqual(new VectorDataViewType(TextDataViewType.Instance), plain.Schema["TopLabels"].Type);
        string[] lost =
        [
            .. KeptTypes.SelectMany(name => Annotations(fast, name).Except(Annotations(plain, name)).Select(kind => $"{name} {kind}")),
        ];
        CollectionAssert.AreEquivalent(
            (string[])
            [
                "PredictedLabel ScoreColumnKind", "PredictedLabel ScoreValueKind", "Score ScoreColumnKind", "Score ScoreValueKind",
                .. lostToo.Length > 0 ? [$"Score {lostToo}"] : Array.Empty<string>(),
            ],
            lost);
    }

    [TestMethod]
    public void Messages_about_bad_images_differ_by_the_number_of_the_row()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        (IDataView fast, IDataView plain) = SaveAndLoad(images, model, [images.Rows[0], new ImageRow { Path = "" }]);

        string expected = fast.Texts("Error")[1];
        StringAssert.Contains(expected, " in row 1", StringComparison.Ordinal);
        Assert.AreEqual(expected.Replace(" in row 1", "", StringComparison.Ordinal), plain.Texts("Error")[1]);
    }

    private static IEnumerable<string> Annotations(IDataView data, string column) =>
        data.Schema[column].Annotations.Schema.Select(static annotation => annotation.Name);

    private (IDataView Fast, IDataView Plain) SaveAndLoad(DrawnImages images, MobileViTModel model, IEnumerable<ImageRow> rows)
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        var pipeline = _mlContext.Transforms
            .ClassifyImages("PredictedLabel", model, "Path", new() { BadImages = BadImageHandling.Mark, TopK = 2 }).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);
        return (_mlContext.Model.LoadMobileViT(path, out _).Transform(data), _mlContext.Model.Load(path, out _).Transform(data));
    }
}
