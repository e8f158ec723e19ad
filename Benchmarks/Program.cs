using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MlNetMobileViT;
using MlNetMobileViT.Benchmarks;
using MlNetMobileViT.Conversion;

// In this process, so that no project has to be generated, restored and built for each benchmark.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
switch (args)
{
    case ["resampler"]:
        BenchmarkRunner.Run<ResamplerBenchmarks>(config);
        return 0;
    case ["scorer"]:
        BenchmarkRunner.Run<ScorerBenchmarks>(config);
        return 0;
    case ["graph", var model, var peer] when new[] { model, peer }.FirstOrDefault(static file => !File.Exists(file)) is { } missing:
        await Console.Error.WriteLineAsync($"error: There is no model file '{missing}'.");
        return 2;
    case ["graph", var model, var peer]:
        GraphBenchmark.Run(Console.Out, model, peer);
        return 0;
    case ["transcription", var variant]:
        GraphBenchmark.RunTranscription(Console.Out, MobileViTVariants.Get(variant));
        return 0;
    case ["variants"]:
        ThroughputBenchmark.RunVariants(rounds: 3);
        return 0;
    case ["throughput"]:
        ThroughputBenchmark.Run(rounds: 5);
        return 0;
    case ["throughput", "--rounds", var rounds]:
        ThroughputBenchmark.Run(int.Parse(rounds, CultureInfo.InvariantCulture));
        return 0;
    case ["sweep"]:
        ThroughputBenchmark.RunSweep(rounds: 5);
        return 0;
    case ["memory"]:
        ThroughputBenchmark.RunMemory();
        return 0;
    case ["calls"]:
        CallsBenchmark.Run(modelFile: null);
        return 0;
    case ["calls", var model]:
        CallsBenchmark.Run(model);
        return 0;
    case ["index"]:
        IndexBenchmark.Run(Console.Out, 1_000_000);
        return 0;
    case ["index", var vectors]:
        IndexBenchmark.Run(Console.Out, int.Parse(vectors, CultureInfo.InvariantCulture));
        return 0;
    case ["throughput-child", "measure", var contender, var model, var threads, var batch, var rows, .. var photos]:
        ContenderRun.Measure(
            Enum.Parse<Contender>(contender),
            model,
            new MobileViTScoringOptions
            {
                Threads = int.Parse(threads, CultureInfo.InvariantCulture),
                BatchSize = int.Parse(batch, CultureInfo.InvariantCulture),
            },
            int.Parse(rows, CultureInfo.InvariantCulture),
            photos);
        return 0;
    case ["throughput-child", "first", var model, var photo]:
        ContenderRun.First(model, photo);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project Benchmarks -- resampler | scorer | graph MODEL.onnx PEER.onnx | transcription v2-1.0 | variants | throughput [--rounds N] | sweep | memory | calls [MODEL.onnx] | index [VECTORS]");
        return 2;
}
