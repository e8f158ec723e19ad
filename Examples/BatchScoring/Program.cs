// Scores a folder of any size into a Parquet file: a row a picture, in the order of their paths, bad ones with their error.
//
//   dotnet run -c Release --project Examples/BatchScoring [FOLDER [OUTPUT.parquet [MODEL.onnx]]]
//
// Without arguments it takes this repository's demo, and writes results.parquet. Runs that can be stopped, resumed and spread
// over machines are the tool's: see Examples/Cluster.
// Exit code 0: every picture was scored; 1: some have an error in their row; 2: there is nothing to score, or nowhere to write.
using Microsoft.ML;
using MlNetMobileViT;
using Parquet;
using Parquet.Serialization;

string demo = Path.Combine(AppContext.BaseDirectory, "Demo");
string folder = args.Length > 0 ? args[0] : Path.Combine(demo, "samples");
string output = args.Length > 1 ? args[1] : "results.parquet";
string modelFile = args.Length > 2 ? args[2] : Path.Combine(demo, "mobilevit_xxs_shapes.onnx");
string[] extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".ico"];
try
{
    var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        .Order(StringComparer.Ordinal);
    var mlContext = new MLContext();
    IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(path => new { Path = path }));

    using MobileViTModel model = MobileViTModel.Load(modelFile);
    var options = new MobileViTClassificationOptions { TopK = 1, BadImages = BadImageHandling.Mark };
    using var scorer = mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options).Fit(data);

    // Nothing is held but a group of rows: pictures are read as the writer asks for rows. A file is there when it is whole.
    int count = 0;
    int failed = 0;
    var rows = mlContext.Data.CreateEnumerable<Scored>(scorer.Transform(data), reuseRowObject: true).Select(row =>
    {
        count++;
        failed += row.Error.Length > 0 ? 1 : 0;
        return row.Error.Length > 0
            ? new Result(row.Path, null, null, row.Error)
            : new Result(row.Path, row.TopLabels[0], row.Probability, null);
    });
    string partial = output + ".partial";
    await using (FileStream stream = File.Create(partial))
    {
        await ParquetSerializer.SerializeAsync(rows, stream, new ParquetOptions { RowGroupSize = 1024 });
    }

    if (count == 0)
    {
        File.Delete(partial);
        Console.Error.WriteLine($"error: There is no picture in '{folder}'.");
        return 2;
    }

    File.Move(partial, output, overwrite: true);
    Console.WriteLine($"{count} pictures, {failed} with an error; written: {output}");
    return failed == 0 ? 0 : 1;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"error: {exception.Message}");
    return 2;
}

internal sealed class Scored
{
    public string Path { get; set; } = "";
    public string[] TopLabels { get; set; } = [];
    public float Probability { get; set; }
    public string Error { get; set; } = "";
}

internal sealed record Result(string Path, string? Label, float? Probability, string? Error);
