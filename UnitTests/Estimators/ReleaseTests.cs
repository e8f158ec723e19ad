using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>What fails halfway keeps nothing, and the first error is the one that is seen.</summary>
[TestClass]
public sealed class ReleaseTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("no_such_output", 1)]
    [DataRow(ModelOutputs.Logits, 0)]
    public void A_model_that_was_loaded_for_an_estimator_goes_where_none_is_made(string output, int batchSize)
    {
        MobileViTModel owned = TinyModel.Load();
        using MobileViTModel borrowed = TinyModel.Load();
        foreach ((MobileViTModel model, bool isOwned) in new[] { (owned, true), (borrowed, false) })
        {
            Exception error = Assert.Throws<ArgumentException>(() => MobileViTCatalog.Score(
                _mlContext.Transforms, "Logits", new SharedModel(model, isOwned), "Path", output, new() { BatchSize = batchSize }));

            Assert.AreEqual(isOwned, model.IsDisposed, error.Message);
        }
    }

    [TestMethod]
    public void A_model_goes_where_its_transformer_cannot_be_made()
    {
        MobileViTModel model = TinyModel.Load();
        var step = new ScoringStep
        {
            InputColumnName = "Path",
            OutputColumnName = "Logits",
            ModelOutput = "no_such_output",
            Preprocessing = model.Preprocessing,
            Options = new MobileViTScoringOptions(),
        };

        Assert.ThrowsExactly<ArgumentException>(
            () => new MobileViTScoringTransformer(new SharedModel(model, isOwned: true), step, StepSaver.Instance));

        Assert.IsTrue(model.IsDisposed);
    }

    [TestMethod]
    public void A_cursor_that_cannot_be_made_disposes_that_of_its_input_and_throws_what_that_threw()
    {
        using MobileViTModel model = TinyModel.Load();
        var data = new StubbornView(_mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() }));
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        var error = Assert.ThrowsExactly<NotSupportedException>(() => scored.GetRowCursor(scored.Schema));

        Assert.AreEqual("Not from me.", error.Message);
        Assert.AreEqual(1, data.Disposed);
    }

    [TestMethod]
    public void A_pipeline_that_cannot_be_saved_says_why_although_the_folder_has_gone_too()
    {
        const string Label = "a label that only this test has";
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Build(ModelOutputs.Default, [Label, "b", "c", "d", "e"]));
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() });
        using var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data);
        using var disk = new FullDisk(Label);

        var error = Assert.ThrowsExactly<IOException>(() => _mlContext.Model.Save(pipeline, data.Schema, disk));

        Assert.AreEqual("The disk is full.", error.Message);
        Assert.IsTrue(disk.FoundFolder);
    }

    /// <summary>Deletes the folder that a pipeline is saved from, and then fails.</summary>
    private sealed class FullDisk(string label) : MemoryStream
    {
        public bool FoundFolder { get; private set; }

        // The other ways of writing end here.
        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count);
            foreach (string folder in Directory.GetDirectories(Path.GetTempPath(), "mobilevit-*"))
            {
                string model = Path.Combine(folder, "model.onnx");
                if (File.Exists(model) && File.ReadAllBytes(model).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(label)) >= 0)
                {
                    Directory.Delete(folder, recursive: true);
                    FoundFolder = true;
                    throw new IOException("The disk is full.");
                }
            }
        }
    }

    /// <summary>Has cursors, but gives nobody a value.</summary>
    private sealed class StubbornView(IDataView data) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema => data.Schema;

        public int Disposed { get; private set; }

        public long? GetRowCount() => 1;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];

        private sealed class Cursor(StubbornView view) : DataViewRowCursor
        {
            public override DataViewSchema Schema => view.Schema;

            public override long Position => -1;

            public override long Batch => 0;

            public override bool MoveNext() => false;

            public override bool IsColumnActive(DataViewSchema.Column column) => true;

            public override ValueGetter<DataViewRowId> GetIdGetter() => throw new NotSupportedException("Not from me.");

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
                throw new NotSupportedException("Not from me.");

            protected override void Dispose(bool disposing)
            {
                view.Disposed++;
                base.Dispose(disposing);
            }
        }
    }
}
