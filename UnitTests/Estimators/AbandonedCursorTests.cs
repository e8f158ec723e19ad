using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>Whoever stops halfway leaves nothing behind.</summary>
[TestClass]
public sealed class AbandonedCursorTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void No_row_is_read_after_a_cursor_was_disposed_and_few_before()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        int reads = 0;
        IDataView data = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 10_000).Select(i =>
        {
            reads++;
            return images.Rows[i % 4];
        }));
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: new() { Threads = 2 })
            .Fit(data).Transform(data);

        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Logits"]]))
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.IsTrue(cursor.MoveNext());
        }

        int readUntilThen = reads;
        Assert.IsInRange(2, 32, readUntilThen);
        GC.Collect();
        Assert.AreEqual(readUntilThen, reads);
    }

    [TestMethod]
    public void The_model_may_be_disposed_right_after_an_abandoned_cursor()
    {
        using var images = new DrawnImages(20);
        for (int round = 0; round < 10; round++)
        {
            MobileViTModel model = TinyModel.Load();
            IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
            MobileViTScoringTransformer transformer = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data);
            IDataView scored = transformer.Transform(data);
            DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Logits"]]);
            Assert.IsTrue(cursor.MoveNext());
            cursor.Dispose();
            cursor.Dispose();
            transformer.Dispose();
            transformer.Dispose();
            model.Dispose();
            model.Dispose();
        }
    }

    [TestMethod]
    public void A_cursor_whose_model_was_disposed_says_so()
    {
        using var images = new DrawnImages(20);
        MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms
            .ScoreImages("Logits", model, "Path", options: new() { BadImages = BadImageHandling.Mark })
            .Fit(data).Transform(data);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
        Assert.IsTrue(cursor.MoveNext());

        model.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() =>
        {
            VBuffer<float> values = default;
            while (cursor.MoveNext())
            {
                getter(ref values);
            }
        });
    }

    [TestMethod]
    public void Rows_cannot_be_read_before_the_first_move_or_after_the_last()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
        VBuffer<float> values = default;

        Assert.ThrowsExactly<InvalidOperationException>(() => getter(ref values));
        Assert.IsTrue(cursor.MoveNext());
        getter(ref values);
        Assert.IsFalse(cursor.MoveNext());
        Assert.ThrowsExactly<InvalidOperationException>(() => getter(ref values));
    }
}
