using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>Pipelines that were saved in the first form load for ever, and give what they gave then.</summary>
[TestClass]
public sealed class FirstFormatTests
{
    private static readonly string Folder = Reference.InRepository("UnitTests", "Data", "format_1");
    private static readonly string Picture = Path.Combine(Folder, "picture.png");

    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Expected Then =
        JsonSerializer.Deserialize<Expected>(File.ReadAllText(Path.Combine(Folder, "expected.json")), JsonOptions)!;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("pipeline_path.zip", "plain")]
    [DataRow("pipeline_path.zip", "fast")]
    [DataRow("pipeline_bytes.zip", "plain")]
    [DataRow("pipeline_bytes.zip", "fast")]
    public void The_numbers_are_those_of_then(string file, string loader)
    {
        ITransformer pipeline = Load(Path.Combine(Folder, file), loader);
        using var owner = (IDisposable)pipeline;

        IDataView data = pipeline.Transform(Data());

        AssertThen(data);
        Assert.IsFalse(data.Schema.Any(static column => column.Name.StartsWith("__", StringComparison.Ordinal) && !column.IsHidden));
        PredictionEngine<Row, Result> engine = _mlContext.Model.CreatePredictionEngine<Row, Result>(
            pipeline, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.AreEqual(Then.Name, engine.Predict(Rows()[0]).Name);
        // A picture that is not there, or no bytes.
        Assert.AreEqual(0u, data.GetColumn<uint>("PredictedLabel").Last());
        Assert.IsTrue(float.IsNaN(data.GetColumn<float>("Probability").Last()));
        Assert.IsTrue(data.GetColumn<string[]>("TopLabels").Last().All(static label => label.Length == 0));
        foreach (string column in (string[])["pixels", "logits", "Features", "Score", "TopProbabilities", "Pooled", "Normalized"])
        {
            Assert.IsTrue(data.Vectors(column)[1].All(float.IsNaN), column);
        }

        foreach (string column in (string[])["PixelsError", "LogitsError", "FeaturesError", "Error"])
        {
            Assert.AreEqual("", data.Texts(column)[0], column);
            Assert.AreNotEqual("", data.Texts(column)[1], column);
        }
    }

    [TestMethod]
    [DataRow("pipeline_path.zip")]
    [DataRow("pipeline_bytes.zip")]
    public void The_fast_transformers_are_restored_and_can_be_saved_in_the_form_of_today(string file)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("again.zip");
        ITransformer pipeline = Load(Path.Combine(Folder, file), "fast");
        using (var owner = (IDisposable)pipeline)
        {
            Assert.HasCount(4, ((TransformerChain<ITransformer>)pipeline).OfType<MobileViTTransformer>());
            _mlContext.Model.Save(pipeline, Data().Schema, path);
        }

        foreach (string loader in (string[])["plain", "fast"])
        {
            ITransformer again = Load(path, loader);
            using var owner = (IDisposable)again;
            AssertThen(again.Transform(Data()));
        }
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("fast")]
    public void Another_process_loads_them(string loader)
    {
        string file = Path.Combine(Folder, "pipeline_path.zip");

        // The other process gives its rows a path and a kind; the pipeline of paths asks for no more.
        AssertClose(Then.Logits, LoadingProcess.Numbers(LoadingProcess.Run([loader, file, "logits", Picture]).Single()));
        Assert.AreEqual(Then.Name, LoadingProcess.Run([loader, file, "Name", Picture]).Single());
    }

    private static void AssertThen(IDataView data)
    {
        AssertClose(Then.Logits, data.Vectors("logits")[0]);
        AssertClose(Then.Features, data.Vectors("Features")[0]);
        AssertClose(Then.Features, data.Vectors("Pooled")[0]);
        AssertClose(Then.Score, data.Vectors("Score")[0]);
        AssertClose(Then.TopProbabilities, data.Vectors("TopProbabilities")[0]);
        AssertClose([Then.Probability], [data.GetColumn<float>("Probability").First()]);
        CollectionAssert.AreEqual(Then.TopLabels, data.GetColumn<string[]>("TopLabels").First());
        Assert.AreEqual(Then.Name, data.Texts("Name")[0]);
        Assert.AreEqual((uint)Array.IndexOf(Then.Score, Then.Score.Max()) + 1, data.GetColumn<uint>("PredictedLabel").First());
    }

    private static void AssertClose(float[] expected, float[] actual) =>
        Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected, actual));

    private static Row[] Rows() => [new() { Path = Picture, Bytes = File.ReadAllBytes(Picture) }, new() { Path = "none.png" }];

    private ITransformer Load(string path, string loader)
    {
        if (loader == "fast")
        {
            return _mlContext.Model.LoadMobileViT(path, out _);
        }

        try
        {
            return _mlContext.Model.Load(path, out _);
        }
        catch (Exception exception) when (UnreadablePipeline.IsTakenForOrtFormat(exception))
        {
            // ML.NET's random name for its temporary file ended in .ort. That is no fault of the pipeline, and LoadMobileViT tries again too.
            return _mlContext.Model.Load(path, out _);
        }
    }

    private IDataView Data() => _mlContext.Data.LoadFromEnumerable(Rows());

    private sealed record Expected(
        float[] Logits,
        float[] Features,
        float[] Score,
        float Probability,
        string[] TopLabels,
        float[] TopProbabilities,
        string Name);

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public byte[] Bytes { get; set; } = [];
    }

    private sealed class Result
    {
        public string Name { get; set; } = "";
    }
}
