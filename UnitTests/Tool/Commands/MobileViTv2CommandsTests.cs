using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>A checkpoint of MobileViTv2 goes through every command and a saved pipeline as one of MobileViT does.</summary>
[TestClass]
public sealed class MobileViTv2CommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Photos => _folder.PathOf("photos");

    private string Model => _folder.PathOf("v2.onnx");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Every_command_takes_it()
    {
        Demo.Fill(_folder.PathOf("photos", "even"), 9);
        Demo.Fill(_folder.PathOf("photos", "odd"), 8);
        string checkpoint = WriteCheckpoint();
        File.WriteAllLines(_folder.PathOf("labels.txt"), ["even", "odd", "three", "four", "five"]);
        await Run("convert", checkpoint, "-o", Model, "--dynamic-size", "--labels", _folder.PathOf("labels.txt"));
        Assert.Contains("MobileViTv2-CUSTOM", (await CommandRun.Of("inspect", Model)).Output);
        Assert.Contains("MobileViTv2-CUSTOM", (await CommandRun.Of("inspect", checkpoint)).Output);
        await Run("verify", Model);
        await Run("classify", Photos, "--recursive", "--model", Model, "-o", _folder.PathOf("c.csv"));
        await Run("evaluate", Photos, "--model", Model);
        string cache = _folder.PathOf("cache"), features = _folder.PathOf("f.csv"), pipeline = _folder.PathOf("p.zip");
        await Run("features", Photos, "--recursive", "--model", Model, "--cache", cache, "-o", features);
        Assert.EndsWith(",f7", File.ReadLines(features).First());
        await Run("train", Photos, "--model", Model, "--cache", cache, "-o", pipeline);
        await Run("predict", pipeline, Photos, "--recursive");
        await Run("similar", Demo.Samples[2], Photos, "--recursive", "--model", Model, "--cache", cache);
        await Run("quantize", Model, "--calibrate", Photos, "--level", "linear", "-o", _folder.PathOf("q.onnx"));
        await Run("convert", checkpoint, "-o", _folder.PathOf("s.onnx"), "--outputs", "layer_3,features", "--float16");
        await Run("features", Demo.Samples[0], "--model", _folder.PathOf("s.onnx"), "--layer", "layer_3", "-o", features);

        // Notes are in order: these pictures teach nothing, and some are known already.
        static async Task Run(params string[] arguments)
        {
            CommandRun run = await CommandRun.Of(arguments);
            Assert.AreEqual(0, run.ExitCode, run.Error);
        }
    }

    [TestMethod]
    public void A_saved_pipeline_gives_the_same_bits_with_either_way_of_loading()
    {
        MobileViTConverter.Convert(WriteCheckpoint(), Model);
        var mlContext = new MLContext();
        using MobileViTModel model = MobileViTModel.Load(Model);
        IDataView data = mlContext.Data.LoadFromEnumerable(Demo.Samples.Select(static path => new { Path = path }));
        string file = _folder.PathOf("pipeline.zip");
        ITransformer fitted = mlContext.Transforms.FeaturizeImages("Features", model, "Path").Fit(data);
        mlContext.Model.Save(fitted, data.Schema, file);
        float[][] expected = Features(fitted);
        Assert.IsGreaterThan(1, expected.Select(static row => row[0]).Distinct().Count());
        float[][] plain = Features(mlContext.Model.Load(file, out _)), fast = Features(mlContext.Model.LoadMobileViT(file, out _));
        for (int i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], plain[i]);
            CollectionAssert.AreEqual(expected[i], fast[i]);
        }

        float[][] Features(ITransformer transformer) => [.. transformer.Transform(data).GetColumn<float[]>("Features")];
    }

    private string WriteCheckpoint()
    {
        string path = _folder.PathOf("tiny.pt");
        File.WriteAllBytes(path, CheckpointWriter.Write(CheckpointContainer.PyTorchZip, TestTensor.Formula(TestModels.TinyV2)));
        return path;
    }
}
