using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>A value of the input that cannot be had is an error of that value, and of nothing before, after or beside it.</summary>
[TestClass]
public sealed class FailingInputTests
{
    private const int BadRow = 2;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void A_bad_row_fails_both_of_two_steps_and_no_other_row()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = WithBadRow(images);
        IDataView scored = _mlContext.Transforms.FeaturizeImages("Features", model, "Path")
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Path"))
            .Fit(data).Transform(data);

        CollectionAssert.AreEqual((int[])[BadRow], FailingRows(scored, "Features"));
        CollectionAssert.AreEqual((int[])[BadRow], FailingRows(scored, "Logits"));
    }

    [TestMethod]
    public void A_column_that_is_active_but_not_asked_for_stops_nothing()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = WithBadRow(images);
        IDataView scored = _mlContext.Transforms.FeaturizeImages("Features", model, "Path")
            .Append(_mlContext.Transforms.ScoreImages(
                "Logits", model, "Path", options: new() { BadImages = BadImageHandling.Mark }))
            .Fit(data).Transform(data);

        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> logits = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
        VBuffer<float> values = default;
        int rows = 0;
        for (; cursor.MoveNext(); rows++)
        {
            logits(ref values);
            Assert.AreEqual(rows == BadRow, values.DenseValues().All(float.IsNaN));
        }

        Assert.AreEqual(6, rows);
    }

    [TestMethod]
    public void A_step_whose_pixels_fail_to_come_fails_that_row_with_the_reason()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = WithBadRow(images);
        IDataView scored = _mlContext.Transforms.PreprocessImages("Pixels", model.Preprocessing, "Path")
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Pixels"))
            .Fit(data).Transform(data);

        CollectionAssert.AreEqual((int[])[BadRow], FailingRows(scored, "Logits"));
    }

    private static int[] FailingRows(IDataView data, string column)
    {
        var failing = new List<int>();
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(data.Schema[column]);
        VBuffer<float> values = default;
        int row = 0;
        for (; cursor.MoveNext(); row++)
        {
            try
            {
                getter(ref values);
            }
            catch (FileNotFoundException)
            {
                failing.Add(row);
            }
        }

        Assert.AreEqual(6, row);
        return [.. failing];
    }

    private IDataView WithBadRow(DrawnImages images) => _mlContext.Data.LoadFromEnumerable(
        images.Rows.Select((row, index) => index == BadRow ? new ImageRow { Path = images.PathOf("none.jpg") } : row));
}
