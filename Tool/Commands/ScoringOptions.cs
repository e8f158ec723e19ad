using System.CommandLine;
using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that score images: what of the machine they may take.</summary>
internal sealed class ScoringOptions
{
    private const string Cpu = "cpu";
    private const string CudaPrefix = "cuda:";

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "How many threads decode and score. Default: one for each processor. Results do not depend on it.",
        HelpName = "N",
    };

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "How many images go into one run of the model. A GPU wants 16 or more. It may change the last digits of results.",
        HelpName = "N",
        DefaultValueFactory = _ => new MobileViTScoringOptions().BatchSize,
    };

    private readonly Option<string> _device = new("--device")
    {
        Description = $"Where the model runs: {Cpu}, or {CudaPrefix}N for a GPU.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => Cpu,
    };

    private readonly Option<long> _maxPixels = new("--max-pixels")
    {
        Description = "The most pixels (width times height) of an image; one that has more fails.",
        HelpName = "N",
        DefaultValueFactory = _ => ImageDecodingOptions.DefaultMaxPixels,
    };

    public ScoringOptions(Command command)
    {
        command.Add(_device);
        command.Add(_threads);
        command.Add(_batch);
        command.Add(_maxPixels);
    }

    /// <summary>How images are scored.</summary>
    /// <exception cref="CommandException">A number is out of range, or there is no such device.</exception>
    public MobileViTScoringOptions Read(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        if (threads is < 0 or > MobileViTPreprocessingOptions.MaxThreads || (threads == 0 && parsed.GetResult(_threads) is not null))
        {
            throw new CommandException($"--threads {threads}: give a number from 1 to {MobileViTPreprocessingOptions.MaxThreads}.");
        }

        int batch = parsed.GetValue(_batch);
        if (batch is < 1 or > MobileViTScoringOptions.MaxBatchSize)
        {
            throw new CommandException($"--batch {batch}: give a number from 1 to {MobileViTScoringOptions.MaxBatchSize}.");
        }

        _ = ReadModel(parsed);
        long maxPixels = parsed.GetValue(_maxPixels);
        return maxPixels is >= 1 and <= ImageDecodingOptions.LargestMaxPixels
            ? new MobileViTScoringOptions { Threads = threads, BatchSize = batch, MaxPixels = maxPixels }
            : throw new CommandException(Invariant(
                $"--max-pixels {maxPixels}: give a number from 1 to {ImageDecodingOptions.LargestMaxPixels}."));
    }

    /// <summary>How the model runs.</summary>
    /// <exception cref="CommandException">There is no such device.</exception>
    public MobileViTModelOptions ReadModel(ParseResult parsed)
    {
        string device = parsed.GetValue(_device)!;
        int id = 0;
        bool isCuda = device.StartsWith(CudaPrefix, StringComparison.Ordinal)
            && int.TryParse(device.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id);
        return isCuda || device == Cpu
            ? new MobileViTModelOptions { GpuDeviceId = isCuda ? id : null }
            : throw new CommandException($"--device {device}: give {Cpu}, or {CudaPrefix} and the number of a GPU, such as {CudaPrefix}0.");
    }

    /// <summary>What rows depend on, for the settings of a run: which GPU it was is not among it.</summary>
    public IEnumerable<KeyValuePair<string, string>> SettingsOf(ParseResult parsed)
    {
        MobileViTScoringOptions scoring = Read(parsed);
        return
        [
            new("max-pixels", scoring.MaxPixels.ToString(CultureInfo.InvariantCulture)),
            new("batch", scoring.BatchSize.ToString(CultureInfo.InvariantCulture)),
            new("device", ReadModel(parsed).GpuDeviceId is null ? Cpu : CudaPrefix.TrimEnd(':')),
        ];
    }
}
