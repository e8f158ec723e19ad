using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>The transformed data behaves as ML.NET's own views do.</summary>
[TestClass]
public sealed class DataViewTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void A_consumer_who_wants_other_columns_touches_no_image()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, 5).Select(static i => new ImageRow { Id = i, Path = "not there.jpg" }));
        IDataView scored = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data).Transform(data);

        CollectionAssert.AreEqual(Enumerable.Range(0, 5).ToArray(), scored.GetColumn<int>("Id").ToArray());
        Assert.ThrowsExactly<FileNotFoundException>(() => scored.GetColumn<float>("Probability").ToArray());
    }

    [TestMethod]
    public void A_column_of_the_same_name_is_hidden()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        IDataView scored = _mlContext.Transforms.ScoreImages("Path", model).Fit(data).Transform(data);

        DataViewSchema.Column[] columns = [.. scored.Schema.Where(static column => column.Name == "Path")];
        Assert.HasCount(2, columns);
        Assert.IsTrue(columns[0].IsHidden);
        Assert.IsFalse(columns[1].IsHidden);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 5), scored.Schema["Path"].Type);
        Assert.HasCount(5, scored.Vectors("Path")[2]);
    }

    [TestMethod]
    public void Preview_cache_take_skip_and_filter_work_on_top()
    {
        using var images = new DrawnImages(10);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        float[][] expected = [.. _mlContext.Score(data, model).Select(static row => row.Logits)];
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        Assert.HasCount(4, scored.Preview(maxRows: 4).RowView);
        IDataView cached = _mlContext.Data.Cache(scored);
        for (int pass = 0; pass < 2; pass++)
        {
            AssertEqual(expected, cached.Vectors("Logits"));
        }

        AssertEqual(expected[..3], _mlContext.Data.TakeRows(scored, 3).Vectors("Logits"));
        AssertEqual(expected[7..], _mlContext.Data.SkipRows(scored, 7).Vectors("Logits"));
        AssertEqual(expected[2..5], _mlContext.Data.FilterByCustomPredicate<ImageRow>(scored, static row => row.Id is < 2 or >= 5).Vectors("Logits"));
        Assert.AreEqual(10, scored.GetRowCount());
    }

    [TestMethod]
    public void A_cursor_set_yields_every_row_once()
    {
        using var images = new DrawnImages(10);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        var ids = new List<int>();
        foreach (DataViewRowCursor cursor in scored.GetRowCursorSet(scored.Schema, 4))
        {
            using (cursor)
            {
                ValueGetter<int> id = cursor.GetGetter<int>(scored.Schema["Id"]);
                while (cursor.MoveNext())
                {
                    int value = 0;
                    id(ref value);
                    ids.Add(value);
                }

                Assert.IsFalse(cursor.MoveNext());
                Assert.AreEqual(-1, cursor.Position);
            }
        }

        CollectionAssert.AreEquivalent(Enumerable.Range(0, 10).ToArray(), ids);
    }

    [TestMethod]
    public void Row_ids_are_those_of_the_input()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        CollectionAssert.AreEqual(Ids(data), Ids(scored));

        static DataViewRowId[] Ids(IDataView view)
        {
            var ids = new List<DataViewRowId>();
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            ValueGetter<DataViewRowId> getter = cursor.GetIdGetter();
            while (cursor.MoveNext())
            {
                DataViewRowId id = default;
                getter(ref id);
                ids.Add(id);
            }

            return [.. ids];
        }
    }

    [TestMethod]
    public void A_getter_of_a_wrong_type_or_of_an_inactive_column_is_refused()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() });
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Logits"]]);

        var wrongType = Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<float>(scored.Schema["Logits"]));
        var inactive = Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<int>(scored.Schema["Id"]));

        StringAssert.Contains(wrongType.Message, "'Logits'", StringComparison.Ordinal);
        StringAssert.Contains(inactive.Message, "'Id'", StringComparison.Ordinal);
        Assert.IsFalse(cursor.IsColumnActive(scored.Schema["Path"]));
    }

    [TestMethod]
    public void Two_passes_and_two_cursors_at_once_agree()
    {
        using var images = new DrawnImages(12);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);
        float[][] expected = scored.Vectors("Logits");

        var both = scored.GetColumn<float[]>("Logits").Zip(scored.GetColumn<float[]>("Logits")).ToArray();

        AssertEqual(expected, [.. both.Select(static pair => pair.First)]);
        AssertEqual(expected, [.. both.Select(static pair => pair.Second)]);
    }

    [TestMethod]
    public void The_input_is_read_once_and_its_errors_come_at_their_row()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        int reads = 0;
        IDataView data = _mlContext.Data.LoadFromEnumerable(Rows());
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        int seen = 0;
        var error = Assert.ThrowsExactly<InvalidOperationException>(() =>
        {
            foreach (float[] values in scored.GetColumn<float[]>("Logits"))
            {
                seen += values.Length / 5;
            }
        });

        Assert.AreEqual("the sixth", error.Message);
        Assert.AreEqual(5, seen);
        Assert.AreEqual(5, reads);

        IEnumerable<ImageRow> Rows()
        {
            foreach (ImageRow row in images.Rows.Take(5))
            {
                reads++;
                yield return row;
            }

            throw new InvalidOperationException("the sixth");
        }
    }

    private static void AssertEqual(float[][] expected, float[][] actual)
    {
        Assert.HasCount(expected.Length, actual);
        foreach ((float[] one, float[] other) in expected.Zip(actual))
        {
            CollectionAssert.AreEqual(one, other);
        }
    }
}
