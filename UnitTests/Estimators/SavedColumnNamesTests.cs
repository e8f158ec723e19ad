using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>A saved pipeline does not mind a column of the user's that has the name of the model's input.</summary>
[TestClass]
public sealed class SavedColumnNamesTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void A_column_of_the_users_with_the_name_of_the_models_input_is_kept_and_not_asked_for(
        bool isThereWhenFitted, bool isThereWhenLoaded)
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView without = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView with = _mlContext.Transforms.CopyColumns(ModelOutputs.Input, "Kind").Fit(without).Transform(without);
        IDataView fitted = isThereWhenFitted ? with : without;
        IDataView data = isThereWhenLoaded ? with : without;
        using var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(fitted);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, fitted.Schema, path);

        using var plain = (TransformerChain<ITransformer>)_mlContext.Model.Load(path, out _);
        IDataView expected = pipeline.Transform(data);
        IDataView actual = plain.Transform(data);

        CollectionAssert.AreEqual(VisibleNames(expected.Schema), VisibleNames(actual.Schema));
        Assert.IsTrue(expected.Vectors("Logits").Zip(actual.Vectors("Logits")).All(
            static pair => Numbers.MaxDifference(pair.First, pair.Second) <= 1e-5));
        if (isThereWhenLoaded)
        {
            CollectionAssert.AreEqual(
                images.Rows.Select(static row => row.Kind).ToArray(), actual.Texts(ModelOutputs.Input));
        }
    }

    [TestMethod]
    public void Images_in_a_column_of_that_name_are_read()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView rows = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView data = _mlContext.Transforms.CopyColumns(ModelOutputs.Input, "Path").Fit(rows).Transform(rows);
        using var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, ModelOutputs.Input).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        using var plain = (TransformerChain<ITransformer>)_mlContext.Model.Load(path, out _);

        CollectionAssert.AreEqual(
            images.Rows.Select(static row => row.Path).ToArray(), plain.Transform(data).Texts(ModelOutputs.Input));
        Assert.IsTrue(pipeline.Transform(data).Vectors("Logits").Zip(plain.Transform(data).Vectors("Logits")).All(
            static pair => Numbers.MaxDifference(pair.First, pair.Second) <= 1e-5));
    }

    [TestMethod]
    public void The_model_inside_a_saved_pipeline_is_the_original_to_the_byte()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(_mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data), data.Schema, path);

        using var fast = (MobileViTScoringTransformer)_mlContext.Model.LoadMobileViT(path, out _);

        CollectionAssert.AreEqual(TinyModel.Bytes, fast.Model.Session.Bytes.ToArray());
    }

    private static string[] VisibleNames(DataViewSchema schema) =>
        [.. schema.Where(static column => !column.IsHidden).Select(static column => column.Name)];
}
