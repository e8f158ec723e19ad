// Classifies the pictures of a folder: ClassifyImages is one step of an ML.NET pipeline, beside steps of ML.NET's own.
//
//   dotnet run -c Release --project Examples/ClassifyFolder [FOLDER [MODEL.onnx]]
//
// Without arguments it takes this repository's demo: six drawn pictures, and a model that knows such shapes.
// Exit code 0: every picture has a label; 1: some could not be read; 2: there is no picture, or no model.
using Microsoft.ML;
using MlNetMobileViT;

string demo = Path.Combine(AppContext.BaseDirectory, "Demo");
string folder = args.Length > 0 ? args[0] : Path.Combine(demo, "samples");
string modelFile = args.Length > 1 ? args[1] : Path.Combine(demo, "mobilevit_xxs_shapes.onnx");
string[] extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".ico"];
try
{
    var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        .Order(StringComparer.Ordinal);
    var mlContext = new MLContext();
    IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(path => new { Path = path }));

    // A picture that cannot be read does not stop the others: the column Error says why.
    using MobileViTModel model = MobileViTModel.Load(modelFile);
    var options = new MobileViTClassificationOptions { TopK = 2, BadImages = BadImageHandling.Mark };
    var pipeline = mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options)
        .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
        .Append(mlContext.Transforms.Expression("IsSure", "p : p >= 0.8f", "Probability"));
    using var classifier = pipeline.Fit(data);

    // Rows come while others are decoded and scored, on all cores and in order; no folder is too large for it.
    int count = 0;
    int failed = 0;
    foreach (var row in mlContext.Data.CreateEnumerable<Prediction>(classifier.Transform(data), reuseRowObject: false))
    {
        if (count++ == 0)
        {
            Console.WriteLine($"{"picture",-28} {"label",-18} {"probability",11}  next best");
        }

        failed += row.Error.Length > 0 ? 1 : 0;
        string name = Path.GetRelativePath(folder, row.Path);
        Console.WriteLine(row.Error.Length > 0
            ? $"{name,-28} {"-",-18} {"-",11}  {row.Error}"
            : $"{name,-28} {row.PredictedLabel,-18} {row.Probability,11:P1}  {(row.IsSure ? "" : row.TopLabels.Last())}");
    }

    if (count == 0)
    {
        Console.Error.WriteLine($"error: There is no picture in '{folder}'.");
        return 2;
    }

    Console.WriteLine($"\n{count} pictures, {failed} could not be read");
    return failed == 0 ? 0 : 1;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"error: {exception.Message}");
    return 2;
}

internal sealed class Prediction
{
    public string Path { get; set; } = "";
    public string PredictedLabel { get; set; } = "";
    public float Probability { get; set; }
    public bool IsSure { get; set; }
    public string[] TopLabels { get; set; } = [];
    public string Error { get; set; } = "";
}
