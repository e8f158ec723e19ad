using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Pipelines whose images ML.NET's own transforms make load where nobody has told ML.NET of the images' types. ML.NET keeps
/// these types for a process as a whole, so each pipeline is loaded in a process of its own.
/// </summary>
[TestClass]
public sealed class SavedImageTypesTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Images_that_LoadImages_loads_are_scored_in_another_process() =>
        AssertLoads(_mlContext.Transforms.LoadImages("Image", "", "Path"));

    [TestMethod]
    [DataRow(53, 47)]
    [DataRow(32, 32)]
    public void Images_that_ResizeImages_resizes_are_scored_in_another_process(int width, int height) =>
        AssertLoads(_mlContext.Transforms.LoadImages("Loaded", "", "Path")
            .Append(_mlContext.Transforms.ResizeImages("Image", width, height, "Loaded")));

    [TestMethod]
    public void A_missing_image_of_a_known_size_is_marked_and_a_black_one_scored()
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        string black = images.PathOf("black.png");
        using (var bitmap = new SKBitmap(new SKImageInfo(40, 40)))
        using (SKData png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100))
        {
            File.WriteAllBytes(black, png.ToArray());
        }

        // The missing one comes first: after another, ResizeImages would hand that one on, disposed.
        IDataView data = _mlContext.Data.LoadFromEnumerable(
            (ImageRow[])[new() { Path = "" }, images.Rows[0], new() { Path = black }]);
        using TransformerChain<MobileViTScoringTransformer> pipeline = Pipeline(
            _mlContext.Transforms.LoadImages("Image", "", "Path").Append(_mlContext.Transforms.ResizeImages("Image", 37, 41)),
            model,
            data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        using var plain = (TransformerChain<ITransformer>)_mlContext.Model.Load(path, out _);
        using var fast = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _);

        foreach (ITransformer loaded in (ITransformer[])[plain, fast])
        {
            CollectionAssert.AreEqual(
                (bool[])[true, false, false],
                loaded.Transform(data).Texts("Error")
                    .Select(static text => text.Contains("no image", StringComparison.Ordinal)).ToArray());
            float[][] logits = loaded.Transform(data).Vectors("Logits");
            Assert.IsFalse(logits[2].Any(float.IsNaN));
            Assert.IsTrue(logits[0].All(float.IsNaN));
        }
    }

    private static TransformerChain<MobileViTScoringTransformer> Pipeline(
        IEstimator<ITransformer> images, MobileViTModel model, IDataView data) =>
        images.Append(new MLContext().Transforms.ScoreImages(
            "Logits", model, "Image", options: new() { BadImages = BadImageHandling.Mark })).Fit(data);

    private void AssertLoads(IEstimator<ITransformer> loading)
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        using TransformerChain<MobileViTScoringTransformer> pipeline = Pipeline(loading, model, data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);
        float[][] expected = pipeline.Transform(data).Vectors("Logits");

        foreach (string loader in (string[])["plain", "fast"])
        {
            string[] lines = LoadingProcess.Run([loader, path, "Logits", .. images.Rows.Select(static row => row.Path!)]);

            Assert.HasCount(4, lines);
            foreach ((float[] one, float[] other) in expected.Zip(lines.Select(LoadingProcess.Numbers)))
            {
                Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(one, other), loader);
            }
        }
    }
}
