using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MlNetMobileViT.Benchmarks;

// In this process: BenchmarkDotNet's own projects would not find central package versions.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
switch (args)
{
    case ["resampler"]:
        BenchmarkRunner.Run<ResamplerBenchmarks>(config);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project Benchmarks -- resampler");
        return 2;
}
