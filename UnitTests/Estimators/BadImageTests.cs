using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT.UnitTests;

/// <summary>An image that cannot be read is an error or a missing value, and never a score.</summary>
[TestClass]
public sealed class BadImageTests
{
    private static readonly string[] BadNames = ["none.jpg", "text.jpg", "empty.jpg", "truncated.jpg"];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("none.jpg", typeof(FileNotFoundException))]
    [DataRow("text.jpg", typeof(InvalidDataException))]
    [DataRow("empty.jpg", typeof(InvalidDataException))]
    [DataRow("truncated.jpg", typeof(InvalidDataException))]
    [DataRow("no-folder/none.jpg", typeof(FileNotFoundException))]
    public void By_default_the_rows_error_is_thrown_with_the_files_name(string name, Type expected)
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        string path = BadFile(images, name);
        IDataView data = _mlContext.Data.LoadFromEnumerable(
            [images.Rows[0], new ImageRow { Id = 1, Path = path }, images.Rows[2]]);
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data).Transform(data);

        int before = 0;
        Exception? error = null;
        try
        {
            foreach (float[] row in scored.GetColumn<float[]>("Logits"))
            {
                before++;
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        Assert.AreEqual(expected, error?.GetType(), error?.ToString());
        StringAssert.Contains(error!.Message, path, StringComparison.Ordinal);
        Assert.AreEqual(1, before);
    }

    [TestMethod]
    public void Marked_rows_have_missing_values_and_a_reason()
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        string[] bad = [.. BadNames.Select(name => BadFile(images, name))];
        IDataView data = _mlContext.Data.LoadFromEnumerable(
        [
            images.Rows[0],
            .. bad.Select(static path => new ImageRow { Path = path }),
            new ImageRow { Path = null },
            new ImageRow { Path = "  " },
            new ImageRow { Path = "a\0b.jpg" },
            images.Rows[1],
        ]);
        var options = new MobileViTClassificationOptions { BadImages = BadImageHandling.Mark, ErrorColumnName = "Why" };
        IDataView scored = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options)
            .Fit(data).Transform(data);

        Prediction[] rows = [.. _mlContext.Data.CreateEnumerable<Prediction>(scored, reuseRowObject: false)];
        string[] errors = scored.Texts("Why");

        Assert.HasCount(9, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            bool isBad = i is not (0 or 8);
            Assert.AreEqual(isBad, errors[i].Length > 0, $"Row {i}: {errors[i]}");
            Assert.AreEqual(isBad, rows[i].PredictedLabel == 0);
            Assert.AreEqual(isBad, float.IsNaN(rows[i].Probability));
            Assert.IsTrue(rows[i].Score.All(score => float.IsNaN(score) == isBad));
            Assert.IsTrue(rows[i].TopLabels.All(label => label.Length == 0 == isBad));
            Assert.IsTrue(rows[i].TopProbabilities.All(probability => float.IsNaN(probability) == isBad));
        }

        for (int i = 0; i < bad.Length; i++)
        {
            StringAssert.Contains(errors[1 + i], bad[i], StringComparison.Ordinal);
        }

        StringAssert.Contains(errors[5], "'Path' has no path in row 5", StringComparison.Ordinal);
        StringAssert.Contains(errors[7], "null character", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Bytes_and_images_that_are_missing_name_their_row_and_column()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(
        [
            new InMemory { Bytes = DrawnImages.Encode(1), Image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, new byte[4]) },
            new InMemory { Bytes = [], Image = null },
            new InMemory { Bytes = [1, 2, 3], Image = null },
        ]);
        var mark = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
        IDataView scored = _mlContext.Transforms
            .ScoreImages("A", model, "Bytes", options: mark with { ErrorColumnName = "BytesError" })
            .Append(_mlContext.Transforms.ScoreImages("B", model, "Image", options: mark with { ErrorColumnName = "ImageError" }))
            .Fit(data).Transform(data);

        string[] bytes = scored.Texts("BytesError");
        string[] image = scored.Texts("ImageError");

        Assert.AreEqual("", bytes[0]);
        Assert.AreEqual("The column 'Bytes' has no bytes in row 1.", bytes[1]);
        StringAssert.Contains(bytes[2], "the image of column 'Bytes' in row 2", StringComparison.Ordinal);
        Assert.AreEqual("", image[0]);
        Assert.AreEqual("The column 'Image' has no image in row 1.", image[1]);
    }

    [TestMethod]
    public void Missing_pixels_of_a_step_before_are_missing_here_too()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable([images.Rows[0], new ImageRow { Path = images.PathOf("none.jpg") }]);
        IDataView scored = _mlContext.Transforms
            .PreprocessImages("Pixels", model.Preprocessing, "Path", new() { BadImages = BadImageHandling.Mark })
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Pixels"))
            .Fit(data).Transform(data);

        float[][] logits = scored.Vectors("Logits");

        Assert.IsFalse(logits[0].Any(float.IsNaN));
        Assert.IsTrue(logits[1].All(float.IsNaN));
        StringAssert.Contains(scored.Texts("Error")[1], "none.jpg", StringComparison.Ordinal);
    }

    [TestMethod]
    public void There_is_no_error_column_unless_rows_are_marked()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() });

        Assert.IsNull(_mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data)
            .GetOutputSchema(data.Schema).GetColumnOrNull("Error"));
    }

    private static string BadFile(DrawnImages images, string name)
    {
        string path = images.PathOf(name);
        switch (name)
        {
            case "text.jpg":
                File.WriteAllText(path, "This is not a picture.");
                break;
            case "empty.jpg":
                File.WriteAllBytes(path, []);
                break;
            case "truncated.jpg":
                byte[] whole = DrawnImages.Encode(1);
                File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
                break;
        }

        return path;
    }

    private sealed class InMemory
    {
        public byte[] Bytes { get; set; } = [];

        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }
}
