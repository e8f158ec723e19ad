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
    public void They_are_checked_before_anything_is_read()
    {
        using var stream = new MemoryStream();

        var threads = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { Threads = -1 }));
        var pixels = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _mlContext.Model.LoadMobileViT(stream, out _, pipelineOptions: new() { MaxPixels = 0 }));

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
