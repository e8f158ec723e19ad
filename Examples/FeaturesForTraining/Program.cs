// A classifier of your own: features of the network → trainers of ML.NET compared → the best saved → loaded by plain ML.NET.
//   dotnet run -c Release --project Examples/FeaturesForTraining [FOLDER [SAVED.zip [MODEL.onnx]]]
//   dotnet run -c Release --project Examples/FeaturesForTraining -- --predict SAVED.zip PICTURE
//
// FOLDER has a subfolder for each class; a picture in FOLDER itself is of the class before the underscore in its name, as the six
// of this repository's demo are, red or blue (six prove little: "mobilevit demo FOLDER" draws twenty a class). Exit code 2: nothing to learn from.
using System.Diagnostics;
using Microsoft.ML;
using MlNetMobileViT;

var mlContext = new MLContext(seed: 1);
try
{
    if (args is ["--predict", var saved, var picture])
    {
        // All that another process needs: ML.NET, and the package to be known to it. The network is in the file.
        mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly);
        var engine = mlContext.Model.CreatePredictionEngine<Photo, Prediction>(mlContext.Model.Load(saved, out _));
        Prediction prediction = engine.Predict(new Photo { Path = picture });
        string answer = $"{Path.GetFileName(picture)}: {prediction.PredictedLabel} ({prediction.Score.Max():P0})";
        Console.WriteLine(prediction.Error.Length > 0 ? $"error: {prediction.Error}" : answer);
        return prediction.Error.Length > 0 ? 1 : 0;
    }
    string demo = Path.Combine(AppContext.BaseDirectory, "Demo");
    string folder = Path.GetFullPath(args.Length > 0 ? args[0] : Path.Combine(demo, "samples"));
    string savedFile = args.Length > 1 ? args[1] : "classifier.zip";
    using var model = MobileViTModel.Load(args.Length > 2 ? args[2] : Path.Combine(demo, "mobilevit_xxs_shapes.onnx"));
    string[] extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".ico"];
    Photo[] photos = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => extensions.Contains(Path.GetExtension(path).ToLowerInvariant())).Order(StringComparer.Ordinal)
        .Select(path => new Photo { Path = path, Label = LabelOf(Path.GetRelativePath(folder, path)) })];
    int classes = photos.Select(photo => photo.Label).Distinct().Count();
    _ = classes > 1 ? classes : throw new InvalidDataException($"Two classes are needed, and '{folder}' has {classes}.");

    // Bad pictures are left out. By the cache each picture is scored once, for all trainers, folds and passes.
    IDataView data = mlContext.Data.LoadFromEnumerable(photos);
    var options = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
    using var featurizer = mlContext.Transforms.FeaturizeImages("Features", model, "Path", options: options).Fit(data);
    IDataView labelled = mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(featurizer.Transform(data));
    IDataView cached = mlContext.Data.Cache(mlContext.Data.FilterRowsByMissingValues(labelled, "Features"), "Label", "Features");
    Console.WriteLine($"{photos.Length} pictures of {classes} classes\n\n{"trainer",-36} {"accuracy",8} {"log loss",8}");
    var trainers = mlContext.MulticlassClassification.Trainers;
    var sdca = trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 300); // left to itself, thousands where rows are few
    IEstimator<ITransformer>[] candidates = [sdca, trainers.LbfgsMaximumEntropy(), trainers.LightGbm(minimumExampleCountPerLeaf: 2)];
    var best = candidates.MinBy(candidate =>
    {
        var folds = mlContext.MulticlassClassification.CrossValidate(cached, candidate, numberOfFolds: 3);
        double logLoss = folds.Average(fold => fold.Metrics.LogLoss);
        Console.WriteLine($"{candidate.GetType().Name,-36} {folds.Average(fold => fold.Metrics.MicroAccuracy),8:P1} {logLoss,8:0.000}");
        return logLoss;
    })!;
    ITransformer trained = best.Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(cached);
    mlContext.Model.Save(featurizer.Append(trained), data.Schema, savedFile);
    Console.WriteLine($"\n{best.GetType().Name}, trained on all of them: {savedFile}; in another process it says:");
    using var other = Process.Start("dotnet", [Environment.GetCommandLineArgs()[0], "--predict", savedFile, photos[0].Path]);
    other.WaitForExit();
    return other.ExitCode;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"error: {exception.Message}");
    return 2;
}

static string LabelOf(string path) =>
    Path.GetDirectoryName(path) is { Length: > 0 } subfolder ? subfolder : path[..Math.Max(0, path.IndexOf('_'))];

internal sealed class Photo
{
    public string Path { get; set; } = "";
    public string Label { get; set; } = "";
}

internal sealed class Prediction
{
    public string PredictedLabel { get; set; } = "";
    public float[] Score { get; set; } = [];
    public string Error { get; set; } = "";
}
