using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// One call for one picture, from many threads on one model, against the pipeline: every result is compared, and the two take turns,
/// so that a machine that is slow for a while is slow for both.
/// </summary>
internal static class CallsBenchmark
{
    private const int Rounds = 25;
    private const int CallsPerRound = 400;
    private const int Threads = 16;
    private const int Top = 5;

    /// <summary>Prints images/s of both, their ratio, and the memory of the process, round by round.</summary>
    /// <param name="modelFile">The model; null for the smallest variant.</param>
    public static void Run(string? modelFile) => ThroughputBenchmark.WithPhotos((folder, photos) =>
    {
        string file = modelFile ?? ThroughputBenchmark.Models(folder).First().Model;
        using MobileViTModel model = MobileViTModel.Load(file);
        var expected = new ClassRow[photos.Length];
        ByPipeline(model, photos, photos.Length, (row, result) => expected[row] = result);
        ByCalls(model, photos, photos.Length, static (_, _) => { });
        Console.WriteLine($"{Path.GetFileName(file)}, {photos.Length} photos, {Environment.ProcessorCount} processors, {Threads} threads call");
        Console.WriteLine("| calls | pipeline, images/s | calls, images/s | ratio | different | working set, MB | managed, MB |");
        Console.WriteLine("| --: | --: | --: | --: | --: | --: | --: |");
        var ratios = new List<double>();
        for (int round = 1; round <= Rounds; round++)
        {
            int different = 0;
            double pipeline = ByPipeline(model, photos, CallsPerRound, static (_, _) => { });
            double calls = ByCalls(model, photos, CallsPerRound, (call, classes) =>
            {
                if (!IsSame(expected[call % photos.Length], classes))
                {
                    Interlocked.Increment(ref different);
                }
            });
            ratios.Add(calls / pipeline);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {round * CallsPerRound} | {pipeline:F1} | {calls:F1} | {calls / pipeline:P1} | {different} | {Environment.WorkingSet / 1e6:F0} | {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F1} |"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio: {ThroughputBenchmark.Median(ratios):P1}"));
    });

    private static double ByPipeline(MobileViTModel model, string[] photos, int count, Action<int, ClassRow> take)
    {
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, count).Select(i => new PhotoRow { Path = photos[i % photos.Length] }));
        using MobileViTClassificationTransformer transformer =
            mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", new() { TopK = Top }).Fit(data);
        IDataView classified = transformer.Transform(data);
        long start = Stopwatch.GetTimestamp();
        int row = 0;
        foreach (ClassRow result in mlContext.Data.CreateEnumerable<ClassRow>(classified, reuseRowObject: false))
        {
            take(row++, result);
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double ByCalls(MobileViTModel model, string[] photos, int count, Action<int, IReadOnlyList<ClassPrediction>> take)
    {
        int next = -1;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int call = Interlocked.Increment(ref next); call < count; call = Interlocked.Increment(ref next))
            {
                take(call, model.Classify(photos[call % photos.Length], Top));
            }
        }))];
        long start = Stopwatch.GetTimestamp();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static bool IsSame(ClassRow expected, IReadOnlyList<ClassPrediction> classes) =>
        expected.TopLabels.SequenceEqual(classes.Select(static one => one.Label))
        && expected.TopProbabilities.Select(BitConverter.SingleToInt32Bits)
            .SequenceEqual(classes.Select(static one => BitConverter.SingleToInt32Bits(one.Probability)));

    private sealed class ClassRow
    {
        public string[] TopLabels { get; set; } = [];

        public float[] TopProbabilities { get; set; } = [];
    }
}
