using Microsoft.ML;

namespace MlNetMobileViT.UnitTests;

/// <summary>Who asks is told of every row that was marked, once, in order, on the thread that reads the rows.</summary>
[TestClass]
public sealed class BadImageFoundTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly List<(BadImage Image, int Thread)> _found = [];

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(8, 1)]
    [DataRow(4, 3)]
    public void Each_marked_row_is_reported_once_in_order(int threads, int batchSize)
    {
        using var images = new DrawnImages(30);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(Rows(images));
        MobileViTScoringOptions options = Marking() with { Threads = threads, BatchSize = batchSize };
        using var transformer = _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: options).Fit(data);

        string[] errors = transformer.Transform(data).Texts("Error");

        int[] bad = [.. Enumerable.Range(0, errors.Length).Where(row => errors[row].Length > 0)];
        Assert.HasCount(16, bad);
        CollectionAssert.AreEqual(bad, _found.Select(static found => (int)found.Image.Row).ToArray());
        foreach ((BadImage image, int thread) in _found)
        {
            Assert.AreEqual(Environment.CurrentManagedThreadId, thread);
            Assert.AreEqual(errors[image.Row], image.Error.Message);
            Assert.AreEqual(image.Row == 45 ? "the image of column 'Path' in row 45" : images.PathOf($"none {image.Row}.jpg"), image.Name);
        }

        // Every pass reports for itself, and one that computes nothing finds nothing.
        transformer.Transform(data).Texts("Path");
        Assert.HasCount(16, _found);
        transformer.Transform(data).Vectors("Logits");
        Assert.HasCount(32, _found);
    }

    [TestMethod]
    public void What_is_thrown_is_not_reported_and_what_the_callback_throws_is_the_consumers()
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable([images.Rows[0], new ImageRow { Path = "none.jpg" }, images.Rows[1]]);
        using var throwing = _mlContext.Transforms
            .ScoreImages("Logits", model, "Path", options: Marking() with { BadImages = BadImageHandling.Throw }).Fit(data);
        using var refusing = _mlContext.Transforms.ScoreImages(
            "Logits", model, "Path", options: Marking() with { BadImageFound = static image => throw new TimeoutException(image.Name) }).Fit(data);

        Assert.ThrowsExactly<FileNotFoundException>(() => throwing.Transform(data).Vectors("Logits"));
        Assert.IsEmpty(_found);
        Assert.AreEqual("none.jpg", Assert.ThrowsExactly<TimeoutException>(() => refusing.Transform(data).Vectors("Logits")).Message);
    }

    [TestMethod]
    public void An_image_is_reported_by_the_step_that_reads_it()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable([images.Rows[0], new ImageRow { Path = "none.jpg" }]);
        using var pipeline = _mlContext.Transforms
            .PreprocessImages("Pixels", model.Preprocessing, "Path", Marking() with { ErrorColumnName = "PixelsError" })
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Pixels", options: Marking()))
            .Fit(data);

        Assert.IsTrue(pipeline.Transform(data).Vectors("Logits")[1].All(float.IsNaN));

        Assert.AreEqual("none.jpg", _found.Single().Image.Name);
    }

    [TestMethod]
    public void Prediction_engines_report_too()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        using PredictionEngine<ImageRow, Scored> engine = _mlContext.Model.CreatePredictionEngine<ImageRow, Scored>(
            _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: Marking()).Fit(data));

        engine.Predict(images.Rows[0]);
        Assert.IsEmpty(_found);
        for (int i = 0; i < 2; i++)
        {
            string error = engine.Predict(new ImageRow { Path = $"{i}.jpg" }).Error;
            Assert.AreEqual($"{i}.jpg", _found[i].Image.Name);
            Assert.AreEqual(error, _found[i].Image.Error.Message);
        }

        Assert.HasCount(2, _found);
    }

    [TestMethod]
    public void A_loaded_pipeline_has_the_callback_that_it_is_given()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable([images.Rows[0], new ImageRow { Path = "none.jpg" }]);
        string path = images.PathOf("pipeline.zip");
        using (var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: Marking()).Fit(data))
        {
            _mlContext.Model.Save(pipeline, data.Schema, path);
        }

        using var without = (MobileViTTransformer)_mlContext.Model.LoadMobileViT(path, out _);
        using var with = (MobileViTTransformer)_mlContext.Model.LoadMobileViT(
            path, out _, pipelineOptions: new() { BadImageFound = Marking().BadImageFound });

        without.Transform(data).Vectors("Logits");
        Assert.IsEmpty(_found);
        with.Transform(data).Vectors("Logits");
        Assert.AreEqual(1, _found.Single().Image.Row);
    }

    [TestMethod]
    public void The_saved_form_and_the_equality_of_options_know_nothing_of_it()
    {
        MobileViTScoringOptions silent = Marking() with { BadImageFound = null };
        MobileViTScoringOptions telling = Marking();
        ScoringStep step = Step(silent);

        Assert.AreEqual(step.ToJson(), Step(telling).ToJson());
        Assert.DoesNotContain("bad_image_found", step.ToJson());
        Assert.AreEqual(silent, new MobileViTScoringOptions { BadImages = BadImageHandling.Mark });
        Assert.AreEqual(telling, telling with { BatchSize = 1 });
        Assert.AreNotEqual(silent, telling);

        static ScoringStep Step(MobileViTScoringOptions options) => new()
        {
            InputColumnName = "Path",
            OutputColumnName = "Logits",
            ModelOutput = ModelOutputs.Logits,
            Preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm),
            Options = options,
        };
    }

    private MobileViTScoringOptions Marking() => new()
    {
        BadImages = BadImageHandling.Mark,
        BadImageFound = image => _found.Add((image, Environment.CurrentManagedThreadId)),
    };

    /// <summary>Every third image is missing, and the last row has no path.</summary>
    private static ImageRow[] Rows(DrawnImages images) =>
    [
        .. Enumerable.Range(0, 45).Select(i => i % 3 == 2
            ? new ImageRow { Path = images.PathOf($"none {i}.jpg") }
            : images.Rows[i % images.Rows.Count]),
        new ImageRow(),
    ];

    private sealed class Scored
    {
        public float[] Logits { get; set; } = [];

        public string Error { get; set; } = "";
    }
}
