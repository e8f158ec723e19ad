using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT.UnitTests;

/// <summary>Columns of <see cref="MLImage"/>: whose the images are, and what is kept of them.</summary>
[TestClass]
public sealed class DecodedImageTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void An_input_may_dispose_of_an_image_as_soon_as_it_moves_on()
    {
        using var images = new DrawnImages(30);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(OneAtATime(images));
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Image").Fit(data).Transform(data);

        float[][] expected = [.. _mlContext.Score(_mlContext.Data.LoadFromEnumerable(images.Rows), model).Select(static row => row.Logits)];
        float[][] actual = scored.Vectors("Logits");
        Assert.HasCount(expected.Length, actual);
        foreach ((float[] one, float[] other) in expected.Zip(actual))
        {
            CollectionAssert.AreEqual(one, other);
        }
    }

    [TestMethod]
    [DataRow(1, BadImageHandling.Throw)]
    [DataRow(4, BadImageHandling.Throw)]
    [DataRow(4, BadImageHandling.Mark)]
    public void A_disposed_image_fails_its_own_row_only_and_is_named(int batchSize, BadImageHandling handling)
    {
        using var images = new DrawnImages(8);
        using MobileViTModel model = TinyModel.Load();
        ImageHolder[] rows = [.. images.Rows.Select(static row => new ImageHolder { Image = MLImage.CreateFromFile(row.Path!) })];
        rows[1].Image.Dispose();
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        var options = new MobileViTScoringOptions { BatchSize = batchSize, BadImages = handling };
        IDataView scored = _mlContext.Transforms.ScoreImages("Logits", model, "Image", options: options).Fit(data).Transform(data);

        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Logits"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
        VBuffer<float> logits = default;
        for (int i = 0; cursor.MoveNext(); i++)
        {
            if (i == 1 && handling == BadImageHandling.Throw)
            {
                var error = Assert.ThrowsExactly<InvalidDataException>(() => getter(ref logits));
                StringAssert.Contains(error.Message, "The column 'Image' has an image in row 1 that was disposed", StringComparison.Ordinal);
                continue;
            }

            getter(ref logits);
            Assert.AreEqual(i == 1, logits.DenseValues().All(float.IsNaN), $"row {i}");
        }

        foreach (ImageHolder row in rows)
        {
            row.Image.Dispose();
        }
    }

    [TestMethod]
    public void An_image_that_the_consumer_gives_back_goes_to_the_input_to_dispose_of()
    {
        using var images = new DrawnImages(40);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms.LoadImages("Image", imageFolder: "", "Path")
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Image", options: new() { Threads = 1 }))
            .Fit(data).Transform(data);

        var seen = new List<MLImage>();
        using (DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema))
        {
            ValueGetter<MLImage> getter = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
            MLImage image = null!;
            while (cursor.MoveNext())
            {
                getter(ref image);
                getter(ref image);
                seen.Add(image);
                Assert.IsGreaterThan(0, image.Pixels.Length);
            }
        }

        // Those in flight at the end are nobody's any more; all before them went back.
        Assert.HasCount(40, seen);
        Assert.HasCount(40, seen.Distinct());
        foreach (MLImage image in seen[..20])
        {
            Assert.ThrowsExactly<InvalidOperationException>(() => _ = image.Pixels.Length);
        }
    }

    private static IEnumerable<ImageHolder> OneAtATime(DrawnImages images)
    {
        foreach (ImageRow row in images.Rows)
        {
            using MLImage image = MLImage.CreateFromFile(row.Path!);
            yield return new ImageHolder { Image = image };
        }
    }

    private sealed class ImageHolder
    {
        [ImageType(10, 10)]
        public MLImage Image { get; set; } = null!;
    }
}
