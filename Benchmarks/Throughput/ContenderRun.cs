using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT.Benchmarks;

/// <summary>Runs a contender in a process of its own, so that its peak of memory is its own.</summary>
internal static class ContenderRun
{
    /// <summary>
    /// Scores every photo once, for .NET to compile the code that turns out to be hot, then scores photos and prints images/s
    /// and the peak of the working set in bytes.
    /// </summary>
    /// <param name="contender">The way.</param>
    /// <param name="model">The model file.</param>
    /// <param name="options">How this library's pipeline scores.</param>
    /// <param name="rows">How many photos to score.</param>
    /// <param name="photos">The photos, again from the first after the last.</param>
    public static void Measure(
        Contender contender, string model, MobileViTScoringOptions options, int rows, string[] photos)
    {
        Consume(contender, model, options, photos, photos.Length);
        double perSecond = rows / Consume(contender, model, options, photos, rows).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perSecond} {process.PeakWorkingSet64}"));
    }

    /// <summary>Makes one prediction and prints the milliseconds since the process began.</summary>
    public static void First(string modelFile, string photo)
    {
        var mlContext = new MLContext();
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        IDataView none = mlContext.Data.LoadFromEnumerable<PhotoRow>([]);
        using PredictionEngine<PhotoRow, LogitsRow> engine = mlContext.Model.CreatePredictionEngine<PhotoRow, LogitsRow>(
            mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(none));
        engine.Predict(new PhotoRow { Path = photo });
        using var process = Process.GetCurrentProcess();
        Console.WriteLine((DateTime.Now - process.StartTime).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Scores the rows and returns the time for them, without that for loading the model.</summary>
    private static TimeSpan Consume(
        Contender contender, string modelFile, MobileViTScoringOptions options, string[] photos, int rows)
    {
        if (contender == Contender.SingleThread)
        {
            return ConsumeOnOneThread(modelFile, photos, rows);
        }

        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, rows).Select(i => new PhotoRow { Path = photos[i % photos.Length] }));
        using MobileViTModel? model = contender is Contender.Pipeline or Contender.EightBit ? MobileViTModel.Load(modelFile) : null;
        (IEstimator<ITransformer> pipeline, string output) = model is null
            ? Plain(mlContext, modelFile)
            : (mlContext.Transforms.ScoreImages("Logits", model, "Path", options: options), "Logits");
        ITransformer transformer = pipeline.Fit(data);
        using var owner = transformer as IDisposable;
        IDataView scored = transformer.Transform(data);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema[output]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema[output]);
        VBuffer<float> logits = default;
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        while (cursor.MoveNext())
        {
            getter(ref logits);
            count++;
        }

        return count == rows
            ? Stopwatch.GetElapsedTime(start)
            : throw new InvalidOperationException($"{count} of {rows} rows were scored.");
    }

    /// <summary>What a user would write with ML.NET alone.</summary>
    private static (IEstimator<ITransformer> Pipeline, string Output) Plain(MLContext mlContext, string modelFile)
    {
        using var session = new InferenceSession(modelFile);
        string input = session.InputNames[0], output = session.OutputNames[0];
        int[] shape = session.InputMetadata[input].Dimensions;
        return (
            mlContext.Transforms.LoadImages("Image", imageFolder: "", "Path")
                .Append(mlContext.Transforms.ResizeImages(
                    "Image", imageWidth: shape[3], imageHeight: shape[2], resizing: ImageResizingEstimator.ResizingKind.IsoCrop))
                .Append(mlContext.Transforms.ExtractPixels(
                    input, "Image", orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ABGR, scaleImage: 1 / 255f))
                .Append(mlContext.Transforms.ApplyOnnxModel(output, input, modelFile)),
            output);
    }

    private static TimeSpan ConsumeOnOneThread(string modelFile, string[] photos, int rows)
    {
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        var preprocessor = new ImagePreprocessor(model.Preprocessing);
        using var batch = new ModelBatch(model.Session, [model.GetOutput(ModelOutputs.Logits)], size: 1);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < rows; i++)
        {
            preprocessor.Preprocess(photos[i % photos.Length], batch.Pixels(0));
            batch.Run(1);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private sealed class LogitsRow
    {
        public float[] Logits { get; set; } = [];
    }
}

/// <summary>A way to get logits from photos.</summary>
internal enum Contender
{
    /// <summary>ML.NET's own transforms on the model as torch exports it.</summary>
    PlainPeer,

    /// <summary>ML.NET's own transforms on the converter's model.</summary>
    PlainOurs,

    /// <summary>This library's pipeline.</summary>
    Pipeline,

    /// <summary>The same on the model in 8 bits, all that is worth it.</summary>
    EightBit,

    /// <summary>One thread that preprocesses and scores photo by photo, without ML.NET.</summary>
    SingleThread,
}
