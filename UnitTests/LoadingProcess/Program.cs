using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT;

// Loads a saved pipeline in a process of its own.
//   plain PIPELINE COLUMN IMAGE...   the column's value for each image, by ML.NET's own loader
//   fast PIPELINE COLUMN IMAGE...    the same by this library's loader
//   engine PIPELINE COUNT IMAGE...   COUNT predictions of one engine; the growth of the process's memory over them, in bytes
//   reload IMAGE COLUMN PIPELINE...  the column's value for the image, by ML.NET's own loader and each pipeline in turn, which is
//                                    disposed; the growth of the managed memory over them, in bytes
//   model MODEL                      loads a model, or a pipeline from a .zip file: what is thrown, or nothing
var mlContext = new MLContext(seed: 1);
mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly);
if (args[0] == "reload")
{
    long empty = ManagedMemory();
    Array.ForEach(args[3..], LoadOnce);
    Console.WriteLine(ManagedMemory() - empty);
    return;
}

if (args[0] == "model")
{
    try
    {
        using var loaded = args[1].EndsWith(".zip", StringComparison.Ordinal)
            ? (IDisposable)mlContext.Model.LoadMobileViT(args[1], out _)
            : MobileViTModel.Load(args[1]);
    }
    catch (Exception exception)
    {
        Console.WriteLine($"{exception.GetType().Name}: {exception.Message}");
    }

    return;
}

string[] images = args[3..];
ITransformer pipeline = args[0] == "plain"
    ? mlContext.Model.Load(args[1], out _)
    : mlContext.Model.LoadMobileViT(args[1], out _);
using var owner = (IDisposable)pipeline;
if (args[0] == "engine")
{
    int count = int.Parse(args[2], CultureInfo.InvariantCulture);
    PredictionEngine<ImageFile, Scores> engine = mlContext.Model.CreatePredictionEngine<ImageFile, Scores>(pipeline);
    long before = 0;
    for (int i = 0; i < count; i++)
    {
        // A tenth of the predictions is given to warming up: caches fill, code is compiled again.
        if (i == count / 10)
        {
            before = WorkingSet();
        }

        engine.Predict(new ImageFile { Path = images[i % images.Length] });
    }

    Console.WriteLine(WorkingSet() - before);
    return;
}

IDataView data = mlContext.Data.LoadFromEnumerable(images.Select(static path => new ImageFile { Path = path }));
IDataView result = pipeline.Transform(data);
DataViewSchema.Column column = result.Schema[args[2]];
using DataViewRowCursor cursor = result.GetRowCursor([column]);
if (column.Type is TextDataViewType)
{
    ValueGetter<ReadOnlyMemory<char>> getter = cursor.GetGetter<ReadOnlyMemory<char>>(column);
    while (cursor.MoveNext())
    {
        ReadOnlyMemory<char> value = default;
        getter(ref value);
        Console.WriteLine(value);
    }
}
else
{
    ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
    while (cursor.MoveNext())
    {
        VBuffer<float> value = default;
        getter(ref value);
        Console.WriteLine(string.Join(' ', value.DenseValues().Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
    }
}

void LoadOnce(string path)
{
    ITransformer once = mlContext.Model.Load(path, out _);
    IDataView image = mlContext.Data.LoadFromEnumerable([new ImageFile { Path = args[1] }]);
    _ = once.Transform(image).GetColumn<float[]>(args[2]).ToArray();
    ((IDisposable)once).Dispose();
}

static long WorkingSet()
{
    Collect();
    return Environment.WorkingSet;
}

static long ManagedMemory()
{
    Collect();
    return GC.GetTotalMemory(forceFullCollection: false);
}

static void Collect()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
    GC.Collect();
}

internal sealed class ImageFile
{
    public string Path { get; set; } = "";

    public string Kind { get; set; } = "";
}

internal sealed class Scores
{
    public float[] Score { get; set; } = [];
}
