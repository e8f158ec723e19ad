using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>What a model gives is numbers, or an error of the row: never NaN or infinity as a result.</summary>
[TestClass]
public sealed class ModelNumbersTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void One_value_that_is_no_number_is_found_wherever_it_is()
    {
        for (int length = 0; length < 70; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(static i => i % 2 == 0 ? float.MaxValue : -1e-44f * i)];
            Assert.IsTrue(ModelNumbers.AreFinite(values), $"{length} numbers");
            for (int i = 0; i < length; i++)
            {
                float number = values[i];
                foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
                {
                    values[i] = bad;
                    Assert.IsFalse(ModelNumbers.AreFinite(values), $"{bad} at {i} of {length}");
                }

                values[i] = number;
            }
        }
    }

    [TestMethod]
    [DataRow(new[] { 1f, float.NaN }, "1 of 2 values are NaN")]
    [DataRow(new[] { float.PositiveInfinity, float.NegativeInfinity, 0f }, "2 of 3 values are infinite")]
    [DataRow(new[] { float.PositiveInfinity, float.NaN }, "2 of 2 values are NaN or infinite")]
    public void The_reason_names_image_and_output_and_what_to_do(float[] values, string found)
    {
        InvalidDataException error = ModelNumbers.Error("features", values, "'cat.jpg'");

        Assert.AreEqual(
            $"The model gives no numbers for 'cat.jpg': in its output 'features', {found}. Its weights hold NaN or are too large: "
            + "convert the checkpoint again, without --float16 where that was given; where that does not help, the checkpoint "
            + "itself is damaged.",
            error.Message);
    }

    [TestMethod]
    [DataRow("fresh", 1)]
    [DataRow("fresh", 3)]
    [DataRow("fast", 2)]
    [DataRow("plain", 1)]
    public void A_marked_row_has_missing_values_and_the_reason_and_the_others_have_theirs(string loader, int batchSize)
    {
        using var images = new DrawnImages(0);
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Overflowing([.. ModelOutputs.Default, "layer_3"]));
        ImageRow[] rows =
        [
            images.Plain("black.png", SKColors.Black), images.Plain("white.png", SKColors.White),
            new ImageRow { Path = images.PathOf("none.png") }, images.Plain("black2.png", SKColors.Black),
        ];
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        var options = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark, BatchSize = batchSize };
        var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", new()
        {
            BadImages = BadImageHandling.Mark,
            BatchSize = batchSize,
            TopK = 2,
            AdditionalOutputs = [new("Stage", "layer_3")],
        })
            .Append(_mlContext.Transforms.FeaturizeImages("Features", model, "Path", options: options with { ErrorColumnName = "E2" }))
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Path", options: options with { ErrorColumnName = "E3" }))
            .Fit(data);
        ITransformer loaded = Load(loader, pipeline, data, images);
        using var owner = (IDisposable)loaded;

        IDataView scored = loaded.Transform(data);

        Prediction[] predictions = [.. _mlContext.Data.CreateEnumerable<Prediction>(scored, reuseRowObject: false)];
        string[][] vectors = [["Score", "Error"], ["Stage", "Error"], ["TopProbabilities", "Error"], ["Features", "E2"], ["Logits", "E3"]];
        foreach (string[] names in vectors)
        {
            float[][] values = scored.Vectors(names[0]);
            string[] errors = scored.Texts(names[1]);
            for (int i = 0; i < rows.Length; i++)
            {
                bool isBad = i is 1 or 2;
                Assert.IsTrue(values[i].All(value => isBad ? float.IsNaN(value) : float.IsFinite(value)), $"{names[0]} of row {i}");
                Assert.AreEqual(isBad, errors[i].Length > 0, $"{names[1]} of row {i}: {errors[i]}");
            }

            StringAssert.StartsWith(errors[1], $"The model gives no numbers for '{rows[1].Path}': in its output '", StringComparison.Ordinal);
            StringAssert.Contains(errors[2], "none.png", StringComparison.Ordinal);
            Assert.DoesNotContain("gives no numbers", errors[2], StringComparison.Ordinal);
        }

        Assert.AreEqual(0u, predictions[1].PredictedLabel);
        Assert.IsTrue(float.IsNaN(predictions[1].Probability));
        Assert.IsTrue(predictions[1].TopLabels.All(static label => label.Length == 0));
        Assert.AreNotEqual(0u, predictions[0].PredictedLabel);
        CollectionAssert.AreEqual(predictions[0].Score, predictions[3].Score);
    }

    [TestMethod]
    [DataRow("fresh")]
    [DataRow("fast")]
    [DataRow("plain")]
    public void By_default_every_column_of_the_row_throws(string loader)
    {
        using var images = new DrawnImages(0);
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Overflowing(ModelOutputs.Default));
        ImageRow white = images.Plain("white.png", SKColors.White);
        IDataView data = _mlContext.Data.LoadFromEnumerable([white]);
        var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path")
            .Append(_mlContext.Transforms.FeaturizeImages("Features", model, "Path")).Fit(data);
        ITransformer loaded = Load(loader, pipeline, data, images);
        using var owner = (IDisposable)loaded;
        IDataView scored = loaded.Transform(data);

        foreach (string column in (string[])["Score", "TopProbabilities", "Features"])
        {
            Throws(() => scored.Vectors(column));
        }

        Throws(() => _ = scored.GetColumn<string[]>("TopLabels").ToArray());
        Throws(() => _ = scored.GetColumn<uint>("PredictedLabel").ToArray());
        Throws(() => _ = scored.GetColumn<float>("Probability").ToArray());
        PredictionEngine<ImageRow, Prediction> engine =
            _mlContext.Model.CreatePredictionEngine<ImageRow, Prediction>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
        Throws(() => engine.Predict(white));
        Assert.AreNotEqual(0u, engine.Predict(images.Plain("black.png", SKColors.Black)).PredictedLabel);

        void Throws(Action action)
        {
            // Where ML.NET reads rows on threads of its own, it wraps what they throw.
            Exception error = Assert.Throws<Exception>(action);
            error = loader == "plain" ? error.GetBaseException() : error;
            Assert.AreEqual(typeof(InvalidDataException), error.GetType(), error.ToString());
            StringAssert.StartsWith(error.Message, $"The model gives no numbers for '{white.Path}'", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void An_image_without_a_path_is_named_by_its_column_and_row()
    {
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Overflowing(ModelOutputs.Default));
        MLImage white = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [255, 255, 255, 255]);
        IDataView data = _mlContext.Data.LoadFromEnumerable([new InMemory { Bytes = DrawnImages.Encode(1), Image = white }]);
        var mark = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
        IDataView scored = _mlContext.Transforms
            .ScoreImages("A", model, "Bytes", options: mark with { ErrorColumnName = "BytesError" })
            .Append(_mlContext.Transforms.ScoreImages("B", model, "Image", options: mark with { ErrorColumnName = "ImageError" }))
            .Fit(data).Transform(data);

        foreach (string column in (string[])["Bytes", "Image"])
        {
            StringAssert.StartsWith(
                scored.Texts($"{column}Error")[0],
                $"The model gives no numbers for the image of column '{column}' in row 0: ",
                StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Pixels_that_are_no_numbers_are_the_fault_of_the_pixels()
    {
        using MobileViTModel model = TinyModel.Load();
        float[] missing = [.. Enumerable.Repeat(float.NaN, 3 * TinyModel.Side * TinyModel.Side)];
        float[] infinite = new float[missing.Length];
        infinite[^1] = float.NegativeInfinity;
        float[] partlyNaN = new float[missing.Length];
        partlyNaN[0] = float.NaN;
        IDataView data = _mlContext.Data.LoadFromEnumerable(
            ((float[][])[new float[missing.Length], missing, infinite, partlyNaN]).Select(static pixels => new PixelRow { Pixels = pixels }));
        IDataView scored = _mlContext.Transforms
            .ScoreImages("Logits", model, "Pixels", options: new() { BadImages = BadImageHandling.Mark }).Fit(data).Transform(data);

        string[] errors = scored.Texts("Error");

        Assert.AreEqual("", errors[0]);
        Assert.AreEqual("The column 'Pixels' has no pixels in row 1: the step before could not read the image.", errors[1]);
        for (int i = 2; i < 4; i++)
        {
            StringAssert.StartsWith(
                errors[i], $"The column 'Pixels' has pixels in row {i} that are NaN or infinite", StringComparison.Ordinal);
        }
    }

    private ITransformer Load(string loader, ITransformer pipeline, IDataView data, DrawnImages images)
    {
        if (loader == "fresh")
        {
            return pipeline;
        }

        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);
        ((IDisposable)pipeline).Dispose();
        return loader == "fast" ? _mlContext.Model.LoadMobileViT(path, out _) : _mlContext.Model.Load(path, out _);
    }

    private sealed class InMemory
    {
        public byte[] Bytes { get; set; } = [];

        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }

    private sealed class PixelRow
    {
        [VectorType(3 * TinyModel.Side * TinyModel.Side)]
        public float[] Pixels { get; set; } = [];
    }
}
