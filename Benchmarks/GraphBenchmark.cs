using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// Latency of one ONNX graph against another's in the same ONNX Runtime, one thread, and where the time goes, operator by
/// operator.
/// </summary>
internal static class GraphBenchmark
{
    private const int Side = 256;

    /// <summary>Compares a model with a peer at batch 1 and 8, and profiles both.</summary>
    public static void Run(TextWriter output, string model, string peer)
    {
        const int Runs = 41;
        Compare(output, model, peer, [1, 8], Runs);
        foreach (string file in new[] { model, peer })
        {
            output.WriteLine();
            Profile(output, file, batch: 1, Runs);
        }
    }

    /// <summary>Compares a MobileViTv2 of random weights with <see cref="TranscribedNetwork"/>'s, as <see cref="Run"/> does.</summary>
    public static void RunTranscription(TextWriter output, MobileViTArchitecture architecture)
    {
        string folder = Directory.CreateTempSubdirectory("graph-transcription-").FullName;
        try
        {
            var weights = RandomModel.Weights(architecture);
            string model = Path.Combine(folder, "converted.onnx"), peer = Path.Combine(folder, "transcribed.onnx");
            RandomModel.Write(model, architecture, weights);
            RandomModel.Save(
                peer, TranscribedNetwork.Write(architecture, weights, Side), architecture, PreprocessingPresets.Get(architecture.Family.Presets[0]));
            Run(output, model, peer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs the two in turn and prints the median latency of each and the median of the paired ratios.</summary>
    private static void Compare(TextWriter output, string model, string peer, IReadOnlyList<int> batches, int runs)
    {
        output.WriteLine($"{"batch",5} {"model ms",10} {"peer ms",10} {"peer / model",13}   (medians of {runs} paired runs, one thread)");
        using var first = new Runner(model, profile: null);
        using var second = new Runner(peer, profile: null);
        foreach (int batch in batches)
        {
            double[] ours = new double[runs], theirs = new double[runs];
            for (int run = -3; run < runs; run++)
            {
                double a = first.Milliseconds(batch), b = second.Milliseconds(batch);
                if (run >= 0)
                {
                    (ours[run], theirs[run]) = (a, b);
                }
            }

            double ratio = Median(ours.Zip(theirs, static (a, b) => b / a));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{batch,5} {Median(ours),10:F2} {Median(theirs),10:F2} {ratio,13:F3}"));
        }
    }

    /// <summary>Prints where a graph's time goes, by operator.</summary>
    private static void Profile(TextWriter output, string model, int batch, int runs)
    {
        string folder = Directory.CreateTempSubdirectory("graph-profile-").FullName;
        try
        {
            string file;
            using (var runner = new Runner(model, Path.Combine(folder, "profile")))
            {
                for (int run = 0; run < runs; run++)
                {
                    runner.Milliseconds(batch);
                }

                file = runner.EndProfiling();
            }

            using JsonDocument events = JsonDocument.Parse(File.ReadAllBytes(file));
            var rows = events.RootElement.EnumerateArray()
                .Where(static item => item.TryGetProperty("cat", out JsonElement category) && category.GetString() == "Node"
                    && item.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal))
                .GroupBy(static item => item.GetProperty("args").GetProperty("op_name").GetString()!)
                .Select(group => (
                    Operator: group.Key,
                    Nodes: group.Count() / runs,
                    Milliseconds: group.Sum(static item => item.GetProperty("dur").GetDouble()) / 1000 / runs))
                .OrderByDescending(static row => row.Milliseconds)
                .ToList();
            double total = rows.Sum(static row => row.Milliseconds);
            output.WriteLine($"{"operator",-32} {"nodes",5} {"ms",8} {"share",7}   ({Path.GetFileName(model)}, batch {batch}, mean of {runs} runs)");
            foreach (var row in rows)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{row.Operator,-32} {row.Nodes,5} {row.Milliseconds,8:F3} {row.Milliseconds / total,7:P1}"));
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"total",-32} {rows.Sum(static row => row.Nodes),5} {total,8:F3}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>One session on one thread, its input and outputs allocated once.</summary>
    private sealed class Runner : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly RunOptions _runOptions = new();

        public Runner(string model, string? profile)
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            if (profile is not null)
            {
                options.ProfileOutputPathPrefix = profile;
                options.EnableProfiling = true;
            }

            _session = new InferenceSession(model, options);
        }

        public double Milliseconds(int batch)
        {
            float[] pixels = new float[batch * 3 * Side * Side];
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = i * 31 % 256 / 255f;
            }

            using var input = OrtValue.CreateTensorValueFromMemory(pixels, [batch, 3, Side, Side]);
            string[] outputs = _session.OutputNames.Contains(ModelOutputs.Logits) ? [ModelOutputs.Logits] : [.. _session.OutputNames];
            long start = Stopwatch.GetTimestamp();
            using var results = _session.Run(_runOptions, [_session.InputNames[0]], [input], outputs);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        public string EndProfiling() => _session.EndProfiling();

        public void Dispose()
        {
            _runOptions.Dispose();
            _session.Dispose();
        }
    }
}
