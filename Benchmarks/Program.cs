using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MlNetMobileViT.Benchmarks;

// In this process, so that no project has to be generated, restored and built for each benchmark.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
switch (args)
{
    case ["resampler"]:
        BenchmarkRunner.Run<ResamplerBenchmarks>(config);
        return 0;
    case ["graph", var model, var peer]:
        GraphBenchmark.Run(Console.Out, model, peer);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project Benchmarks -- resampler | graph MODEL.onnx PEER.onnx");
        return 2;
}
