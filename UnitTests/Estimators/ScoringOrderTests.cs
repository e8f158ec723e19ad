using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>A row's values depend on its image, and on nothing else.</summary>
[TestClass]
public sealed class ScoringOrderTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 1)]
    [DataRow(5, 1)]
    [DataRow(1, 4)]
    [DataRow(2, 3)]
    [DataRow(3, 64)]
    public void Threads_and_batch_size_change_neither_values_nor_order(int threads, int batchSize)
    {
        using var images = new DrawnImages(23);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        ScoredRow[] expected = _mlContext.Score(data, model, new() { Threads = 1 });

        ScoredRow[] actual = _mlContext.Score(data, model, new() { Threads = threads, BatchSize = batchSize });

        CollectionAssert.AreEqual(images.Rows.Select(static row => row.Id).ToArray(), actual.Select(static row => row.Id).ToArray());
        foreach ((ScoredRow row, ScoredRow other) in expected.Zip(actual))
        {
            Assert.IsLessThanOrEqualTo(batchSize == 1 ? 0 : 1e-5, Numbers.MaxDifference(row.Logits, other.Logits));
        }
    }

    [TestMethod]
    public void An_image_alone_scores_as_it_does_among_others()
    {
        using var images = new DrawnImages(9);
        using MobileViTModel model = TinyModel.Load();
        ScoredRow[] together = _mlContext.Score(_mlContext.Data.LoadFromEnumerable(images.Rows), model, new() { BatchSize = 4 });

        for (int i = 0; i < images.Rows.Count; i++)
        {
            IDataView alone = _mlContext.Data.LoadFromEnumerable([images.Rows[i]]);
            Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(together[i].Logits, _mlContext.Score(alone, model)[0].Logits));
        }
    }

    [TestMethod]
    public void A_bad_image_leaves_its_neighbours_alone()
    {
        using var images = new DrawnImages(8);
        using MobileViTModel model = TinyModel.Load();
        ScoredRow[] expected = _mlContext.Score(_mlContext.Data.LoadFromEnumerable(images.Rows), model);
        ImageRow[] rows = [.. images.Rows];
        rows[0] = rows[3] = rows[7] = new ImageRow { Id = -1, Path = images.PathOf("none.jpg") };

        ScoredRow[] actual = _mlContext.Score(
            _mlContext.Data.LoadFromEnumerable(rows), model, new() { BatchSize = 3, BadImages = BadImageHandling.Mark });

        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Id < 0)
            {
                Assert.IsTrue(actual[i].Logits.All(float.IsNaN), $"Row {i} has values.");
            }
            else
            {
                Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected[i].Logits, actual[i].Logits));
            }
        }
    }

    [TestMethod]
    public void Shuffled_rows_keep_their_values()
    {
        using var images = new DrawnImages(20);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        ScoredRow[] expected = _mlContext.Score(data, model);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        ScoredRow[] actual =
            [.. _mlContext.Data.CreateEnumerable<ScoredRow>(_mlContext.Data.ShuffleRows(scored, seed: 7), reuseRowObject: false)];

        int[] ids = [.. actual.Select(static row => row.Id)];
        CollectionAssert.AreEquivalent(expected.Select(static row => row.Id).ToArray(), ids);
        CollectionAssert.AreNotEqual(expected.Select(static row => row.Id).ToArray(), ids);
        foreach (ScoredRow row in actual)
        {
            CollectionAssert.AreEqual(expected[row.Id].Logits, row.Logits);
        }
    }

    [TestMethod]
    public void A_shuffled_cursor_of_the_view_itself_keeps_rows_together()
    {
        using var images = new DrawnImages(20);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.Cache(_mlContext.Data.LoadFromEnumerable(images.Rows));
        ScoredRow[] expected = _mlContext.Score(data, model);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);
        Assert.IsTrue(scored.CanShuffle);

        var ids = new List<int>();
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema, new Random(3));
        ValueGetter<int> id = cursor.GetGetter<int>(scored.Schema["Id"]);
        ValueGetter<VBuffer<float>> logits = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
        while (cursor.MoveNext())
        {
            int row = 0;
            VBuffer<float> values = default;
            id(ref row);
            logits(ref values);
            ids.Add(row);
            CollectionAssert.AreEqual(expected[row].Logits, values.DenseValues().ToArray());
        }

        CollectionAssert.AreEquivalent(Enumerable.Range(0, 20).ToArray(), ids);
        CollectionAssert.AreNotEqual(Enumerable.Range(0, 20).ToArray(), ids);
    }
}
