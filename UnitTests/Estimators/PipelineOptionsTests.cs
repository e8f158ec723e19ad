using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>What depends on the machine can be chosen where a pipeline is loaded.</summary>
[TestClass]
public sealed class PipelineOptionsTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Threads_and_the_limit_of_pixels_of_every_step_can_be_replaced()
    {
        using var images = new DrawnImages(0);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable([images.Plain("small.png", SKColors.Red), images.Plain("large.png", SKColors.Red, side: 60)]);
        var mark = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark, Threads = 7, ErrorColumnName = "LogitsError" };
        using var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: mark)
            .Append(_mlContext.Transforms.PreprocessImages(
                "Pixels", model.Preprocessing, "Path", new() { BadImages = BadImageHandling.Mark, Threads = 7, ErrorColumnName = "PixelsError" }))
            .Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        using var asSaved = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _, pipelineOptions: new());
        using var changed = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(
            path, out _, pipelineOptions: new() { Threads = 2, MaxPixels = 2000 });

        foreach (string column in (string[])["LogitsError", "PixelsError"])
        {
            Assert.AreEqual("", asSaved.Transform(data).Texts(column)[1]);
            Assert.AreEqual("", changed.Transform(data).Texts(column)[0]);
            StringAssert.Contains(changed.Transform(data).Texts(column)[1], "2000", StringComparison.Ordinal);
        }

        CollectionAssert.AreEqual((int[])[7, 7], asSaved.Select(Threads).ToArray());
        CollectionAssert.AreEqual((int[])[2, 2], changed.Select(Threads).ToArray());

        static int Threads(ITransformer transformer) => ((MobileViTTransformer)transformer).Options.Threads;
    }

    [TestMethod]
    public void A_pipeline_that_was_saved_to_throw_can_mark_and_the_other_way_round()
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable([images.Rows[0], new ImageRow { Path = "none.jpg" }, images.Rows[1]]);
        string throwing = images.PathOf("throwing.zip");
        string marking = images.PathOf("marking.zip");
        Save(throwing, new());
        Save(marking, new() { BadImages = BadImageHandling.Mark });

        using var marks = (MobileViTTransformer)_mlContext.Model.LoadMobileViT(
            throwing, out _, pipelineOptions: new() { BadImages = BadImageHandling.Mark, ErrorColumnName = "Why" });
        using var throws = (MobileViTTransformer)_mlContext.Model.LoadMobileViT(
            marking, out _, pipelineOptions: new() { BadImages = BadImageHandling.Throw });

        Assert.AreEqual(TextDataViewType.Instance, marks.GetOutputSchema(data.Schema)["Why"].Type);
        Assert.AreEqual("Why", marks.OutputColumnNames[^1]);
        string[] errors = marks.Transform(data).Texts("Why");
        Assert.AreEqual("", errors[0] + errors[2]);
        Assert.Contains("none.jpg", errors[1]);
        Assert.IsNull(throws.GetOutputSchema(data.Schema).GetColumnOrNull("Error"));
        Assert.ThrowsExactly<FileNotFoundException>(() => throws.Transform(data).Vectors("Score"));

        // What was changed is saved with it.
        string again = images.PathOf("again.zip");
        _mlContext.Model.Save(marks, data.Schema, again);
        using var reloaded = (MobileViTTransformer)_mlContext.Model.LoadMobileViT(again, out _);
        CollectionAssert.AreEqual(errors, reloaded.Transform(data).Texts("Why"));

        void Save(string path, MobileViTClassificationOptions options)
        {
            using var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options).Fit(data);
            _mlContext.Model.Save(pipeline, data.Schema, path);
        }
    }

    [TestMethod]
    public void The_folder_of_images_and_the_batch_can_be_those_of_this_machine()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView absolute = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView relative = _mlContext.Data.LoadFromEnumerable(
            images.Rows.Select(static row => new ImageRow { Path = Path.GetFileName(row.Path) }).ToArray());
        string path = images.PathOf("pipeline.zip");
        using var pipeline = _mlContext.Transforms
            .ScoreImages("Logits", model, "Path", options: new() { ImageFolder = images.PathOf("elsewhere") })
            .Append(_mlContext.Transforms.PreprocessImages("Pixels", model.Preprocessing, "Path"))
            .Fit(absolute);
        _mlContext.Model.Save(pipeline, absolute.Schema, path);

        using var loaded = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(
            path, out _, pipelineOptions: new() { ImageFolder = Path.GetDirectoryName(images.Rows[0].Path), BatchSize = 3 });

        Assert.AreEqual(3, ((MobileViTScoringOptions)loaded.OfType<MobileViTScoringTransformer>().Single().Options).BatchSize);
        float[][] expected = pipeline.Transform(absolute).Vectors("Logits");
        float[][] actual = loaded.Transform(relative).Vectors("Logits");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected[i], actual[i]));
        }

        CollectionAssert.AreEqual(pipeline.Transform(absolute).Vectors("Pixels")[2], loaded.Transform(relative).Vectors("Pixels")[2]);
    }

    [TestMethod]
    public void An_error_column_that_would_hide_another_is_refused()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        using (var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data))
        {
            _mlContext.Model.Save(pipeline, data.Schema, path);
        }

        var error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Model.LoadMobileViT(
            path, out _, pipelineOptions: new() { BadImages = BadImageHandling.Mark, ErrorColumnName = "Logits" }));

        Assert.Contains("'Logits'", error.Message);
    }

    [TestMethod]
    public void They_are_checked_before_anything_is_read()
    {
        using var stream = new MemoryStream();

        var threads = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { Threads = -1 }));
        var pixels = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { MaxPixels = 0 }));

        foreach (int batch in (int[])[0, -1, MobileViTScoringOptions.MaxBatchSize + 1])
        {
            var size = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { BatchSize = batch }));
            Assert.AreEqual("BatchSize", size.ParamName);
        }

        Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { BadImages = (BadImageHandling)7 }));
        Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { ErrorColumnName = "" }));
        Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { ImageFolder = "a\0b" }));
        Assert.AreEqual("Threads", threads.ParamName);
        Assert.AreEqual("MaxPixels", pixels.ParamName);
    }

    [TestMethod]
    public void A_folder_that_no_path_can_have_is_refused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => new MobileViTPreprocessingOptions { ImageFolder = "a\0b" }.Validate());

        StringAssert.Contains(error.Message, "ImageFolder", StringComparison.Ordinal);
    }
}
