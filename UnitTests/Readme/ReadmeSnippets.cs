using Microsoft.ML;

namespace MlNetMobileViT.UnitTests;

/// <summary>The C# of the README, compiled and run. <see cref="ReadmeTests"/> holds the two against each other.</summary>
internal static class ReadmeSnippets
{
    public static IReadOnlyList<Prediction> Classify(string modelFile, string folder)
    {
        // <classify>
        var mlContext = new MLContext();
        var photos = Directory.EnumerateFiles(folder).Select(path => new Photo { Path = path });
        var data = mlContext.Data.LoadFromEnumerable(photos);

        var pipeline = mlContext.Transforms.ClassifyImages("PredictedLabel", modelFile, inputColumnName: "Path");
        var predictions = pipeline.Fit(data).Transform(data);

        foreach (var row in mlContext.Data.CreateEnumerable<Prediction>(predictions, reuseRowObject: false))
        {
            Console.WriteLine($"{row.Path}: {row.TopLabels[0]} ({row.TopProbabilities[0]:P0})");
        }
        // </classify>

        return [.. mlContext.Data.CreateEnumerable<Prediction>(predictions, reuseRowObject: false)];
    }

    public static ITransformer Train(MLContext mlContext, IDataView data, string modelFile, string savedFile)
    {
        // <train>
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.FeaturizeImages("Features", modelFile, inputColumnName: "Path"))
            .AppendCacheCheckpoint(mlContext)
            .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy())
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(data);
        mlContext.Model.Save(model, data.Schema, savedFile);
        // </train>

        // <load>
        mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly);
        ITransformer loaded = mlContext.Model.Load(savedFile, out _);         // ML.NET's own loader
        ITransformer fast = mlContext.Model.LoadMobileViT(savedFile, out _);  // the same numbers, on all cores
        // </load>
        (loaded as IDisposable)?.Dispose();
        return fast;
    }

    // <types>
    public sealed class Photo
    {
        public string Path { get; set; } = "";
    }

    public sealed class Prediction
    {
        public string Path { get; set; } = "";
        public string[] TopLabels { get; set; } = [];
        public float[] TopProbabilities { get; set; } = [];
    }
    // </types>
}
