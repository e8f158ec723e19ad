using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>A model runs on the device that was asked for, here or of the context, as <c>ApplyOnnxModel</c> does.</summary>
[TestClass]
public sealed class GpuDeviceTests
{
    // No machine has it, so that its use shows by an error.
    private const int NoDevice = 1000;

    [TestMethod]
    [DataRow(null, false, null, false, null, false)]
    [DataRow(null, true, null, true, null, true)]
    [DataRow(null, false, 3, false, 3, false)]
    [DataRow(null, false, 3, true, 3, true)]
    [DataRow(null, true, 3, false, 3, true)]
    [DataRow(5, false, 3, true, 5, false)]
    [DataRow(5, true, null, false, 5, true)]
    public void The_contexts_device_counts_where_none_is_named(
        int? asked, bool askedFallback, int? contexts, bool contextsFallback, int? expected, bool expectedFallback)
    {
        var mlContext = new MLContext { GpuDeviceId = contexts, FallbackToCpu = contextsFallback };

        foreach (object catalog in (object[])[mlContext.Transforms, mlContext.Model])
        {
            MobileViTModelOptions options =
                new MobileViTModelOptions { GpuDeviceId = asked, FallbackToCpu = askedFallback }.WithDeviceOf(catalog);

            Assert.AreEqual(expected, options.GpuDeviceId);
            Assert.AreEqual(expectedFallback, options.FallbackToCpu);
        }
    }

    [TestMethod]
    public void What_is_no_catalog_has_no_device() =>
        Assert.IsNull(new MobileViTModelOptions().WithDeviceOf(new object()).GpuDeviceId);

    [TestMethod]
    [DataRow("Score")]
    [DataRow("Classify")]
    [DataRow("Featurize")]
    [DataRow("ScoreColumns")]
    [DataRow("FeaturizeColumns")]
    public void Every_transform_of_a_file_takes_a_device(string transform)
    {
        using var images = new DrawnImages(1);
        string modelFile = images.PathOf("model.onnx");
        File.WriteAllBytes(modelFile, TinyModel.Bytes);
        var mlContext = new MLContext();
        var gpuContext = new MLContext { GpuDeviceId = NoDevice };
        IDataView data = mlContext.Data.LoadFromEnumerable(images.Rows);

        // Described only, no device is needed.
        IEstimator<ITransformer> asked = Create(mlContext, NoDevice, fallbackToCpu: false);
        IEstimator<ITransformer> ofContext = Create(gpuContext, null, fallbackToCpu: false);
        Assert.IsNotNull(asked.GetOutputSchema(data.Shape()));

        Assert.ThrowsExactly<InvalidOperationException>(() => asked.Fit(data));
        Assert.ThrowsExactly<InvalidOperationException>(() => ofContext.Fit(data));
        using var fallenBack = (IDisposable)Create(mlContext, NoDevice, fallbackToCpu: true).Fit(data);
        Assert.HasCount(1, ((ITransformer)fallenBack).Transform(data).Vectors(transform == "Classify" ? "Score" : "Output"));

        IEstimator<ITransformer> Create(MLContext context, int? gpuDeviceId, bool fallbackToCpu)
        {
            InputOutputColumnPair[] columns = [new("Output", "Path")];
            return transform switch
            {
                "Score" => context.Transforms.ScoreImages("Output", modelFile, "Path", gpuDeviceId: gpuDeviceId, fallbackToCpu: fallbackToCpu),
                "Classify" => context.Transforms.ClassifyImages(
                    "Output", modelFile, "Path", gpuDeviceId: gpuDeviceId, fallbackToCpu: fallbackToCpu),
                "Featurize" => context.Transforms.FeaturizeImages(
                    "Output", modelFile, "Path", gpuDeviceId: gpuDeviceId, fallbackToCpu: fallbackToCpu),
                "ScoreColumns" => new Untyped<MobileViTScoringTransformer>(
                    context.Transforms.ScoreImages(columns, modelFile, gpuDeviceId: gpuDeviceId, fallbackToCpu: fallbackToCpu)),
                _ => new Untyped<MobileViTScoringTransformer>(
                    context.Transforms.FeaturizeImages(columns, modelFile, gpuDeviceId: gpuDeviceId, fallbackToCpu: fallbackToCpu)),
            };
        }
    }

    [TestMethod]
    public void A_loaded_pipeline_too()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        using (var pipeline = mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data))
        {
            mlContext.Model.Save(pipeline, data.Schema, path);
        }

        // ML.NET loads its own ONNX transforms on the context's device first, and where the native library knows none, it doesn't fall
        // back either.
        foreach (bool fallback in (bool[])[false, true])
        {
            var gpuContext = new MLContext { GpuDeviceId = NoDevice, FallbackToCpu = fallback };
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => gpuContext.Model.LoadMobileViT(path, out _));
            Assert.Contains("the CUDA device 1000 of the MLContext", error.Message);
        }

        var named = Assert.ThrowsExactly<InvalidOperationException>(
            () => mlContext.Model.LoadMobileViT(path, out _, new() { GpuDeviceId = NoDevice }));
        Assert.Contains("the CUDA device 1000", named.Message);
        using var fallenBack =
            (IDisposable)mlContext.Model.LoadMobileViT(path, out _, new() { GpuDeviceId = NoDevice, FallbackToCpu = true });
        Assert.HasCount(1, ((ITransformer)fallenBack).Transform(data).Vectors("Logits"));
    }

    private sealed class Untyped<TTransformer>(EstimatorChain<TTransformer> chain) : IEstimator<ITransformer>
        where TTransformer : class, ITransformer
    {
        public ITransformer Fit(IDataView input) => chain.Fit(input);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => chain.GetOutputSchema(inputSchema);
    }
}
