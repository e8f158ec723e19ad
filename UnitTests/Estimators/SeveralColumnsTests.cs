using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>Several columns of images give what each of them gives by itself, with one model.</summary>
[TestClass]
public sealed class SeveralColumnsTests
{
    private static readonly InputOutputColumnPair[] Columns = [new("Left", "LeftPath"), new("Right", "RightPath")];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Each_column_is_what_it_is_by_itself()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = Data(images);
        TransformsCatalog transforms = _mlContext.Transforms;

        using var pixels = transforms.PreprocessImages(Columns, model.Preprocessing).Fit(data);
        using var logits = transforms.ScoreImages(Columns, model).Fit(data);
        using var features = transforms.FeaturizeImages(Columns, model).Fit(data);

        foreach (InputOutputColumnPair pair in Columns)
        {
            using var onePixels = transforms.PreprocessImages("One", model.Preprocessing, pair.InputColumnName).Fit(data);
            using var oneLogits = transforms.ScoreImages("One", model, pair.InputColumnName).Fit(data);
            using var oneFeatures = transforms.FeaturizeImages("One", model, pair.InputColumnName).Fit(data);
            AssertEqual(onePixels.Transform(data).Vectors("One"), pixels.Transform(data).Vectors(pair.OutputColumnName));
            AssertEqual(oneLogits.Transform(data).Vectors("One"), logits.Transform(data).Vectors(pair.OutputColumnName));
            AssertEqual(oneFeatures.Transform(data).Vectors("One"), features.Transform(data).Vectors(pair.OutputColumnName));
        }
    }

    [TestMethod]
    public void The_model_of_a_file_is_shared_and_goes_with_the_last_transformer()
    {
        using var images = new DrawnImages(2);
        string modelFile = images.PathOf("model.onnx");
        File.WriteAllBytes(modelFile, TinyModel.Bytes);
        TransformerChain<MobileViTScoringTransformer> fitted =
            _mlContext.Transforms.ScoreImages(Columns, modelFile).Fit(Data(images));
        MobileViTScoringTransformer[] steps = [.. fitted.Cast<MobileViTScoringTransformer>()];

        Assert.HasCount(2, steps);
        Assert.AreSame(steps[0].Model, steps[1].Model);
        steps[0].Dispose();
        Assert.IsFalse(steps[1].Model.IsDisposed);
        fitted.Dispose();
        Assert.IsTrue(steps[1].Model.IsDisposed);
    }

    [TestMethod]
    public void They_are_saved_and_loaded_and_share_the_model_again()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = Data(images, more: "none.jpg");
        string path = images.PathOf("pipeline.zip");
        var options = new MobileViTScoringOptions
        {
            BadImages = BadImageHandling.Mark,
            AdditionalOutputs = [new("Features", ModelOutputs.Features)],
        };
        using var pipeline = _mlContext.Transforms.ScoreImages(Columns, model, options: options).Fit(data);
        _mlContext.Model.Save(pipeline, data.Schema, path);
        IDataView expected = pipeline.Transform(data);
        _mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly);

        var fast = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _);
        MobileViTScoringTransformer[] steps = [.. fast.Cast<MobileViTScoringTransformer>()];
        ITransformer plain = _mlContext.Model.Load(path, out _);

        foreach (ITransformer loaded in (ITransformer[])[fast, plain])
        {
            IDataView actual = loaded.Transform(data);
            foreach (string column in (string[])["Left", "Right", "Left.Features", "Right.Features"])
            {
                float[][] vectors = actual.Vectors(column);
                float[][] wanted = expected.Vectors(column);
                for (int i = 0; i < wanted.Length; i++)
                {
                    Assert.AreEqual(float.IsNaN(wanted[i][0]), float.IsNaN(vectors[i][0]));
                    Assert.IsTrue(float.IsNaN(wanted[i][0]) || Numbers.MaxDifference(wanted[i], vectors[i]) <= 1e-5);
                }
            }

            CollectionAssert.AreEqual(expected.Texts("Left.Error"), actual.Texts("Left.Error"));
            CollectionAssert.AreEqual(expected.Texts("Right.Error"), actual.Texts("Right.Error"));
        }

        Assert.Contains("none.jpg", expected.Texts("Right.Error")[3]);
        Assert.AreSame(steps[0].Model, steps[1].Model);
        steps[0].Dispose();
        Assert.HasCount(4, steps[1].Transform(data).Vectors("Right"));
        fast.Dispose();
        Assert.IsTrue(steps[1].Model.IsDisposed);
        (plain as IDisposable)?.Dispose();
    }

    [TestMethod]
    public void Columns_that_cannot_be_are_refused()
    {
        using MobileViTModel model = TinyModel.Load();
        InputOutputColumnPair[][] refused = [[], [null!], [new("Same", "LeftPath"), new("Same", "RightPath")]];

        foreach (InputOutputColumnPair[] columns in refused)
        {
            Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ScoreImages(columns, model));
            Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.FeaturizeImages(columns, model));
            Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.PreprocessImages(columns, model.Preprocessing));
        }

        Assert.ThrowsExactly<ArgumentNullException>(() => _mlContext.Transforms.ScoreImages((InputOutputColumnPair[])null!, model));
    }

    private static void AssertEqual(float[][] expected, float[][] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], actual[i]);
        }
    }

    private IDataView Data(DrawnImages images, string? more = null)
    {
        string[] paths = [.. images.Rows.Select(static row => row.Path!)];
        var rows = paths.Zip(paths.Reverse(), static (left, right) => new { LeftPath = left, RightPath = right });
        return _mlContext.Data.LoadFromEnumerable(
            (more is null ? rows : rows.Append(new { LeftPath = paths[0], RightPath = more })).ToArray());
    }
}
