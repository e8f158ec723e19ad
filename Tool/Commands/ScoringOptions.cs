using System.CommandLine;
using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that score images: what of the machine they may take.</summary>
internal sealed class ScoringOptions
{
    private const string Cpu = "cpu";
    private const string CudaPrefix = "cuda:";

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

    private readonly ReadingOptions _reading;

    public ScoringOptions(Command command)
    {
        command.Add(_device);
        command.Add(_batch);
        _reading = new ReadingOptions(command);
    }

    /// <summary>How images are scored.</summary>
    /// <exception cref="CommandException">A number is out of range, or there is no such device.</exception>
    public MobileViTScoringOptions Read(ParseResult parsed)
    {
        var (threads, maxPixels) = _reading.Read(parsed);
        int batch = parsed.GetValue(_batch);
        if (batch is < 1 or > MobileViTScoringOptions.MaxBatchSize)
        {
            throw new CommandException($"--batch {batch}: give a number from 1 to {MobileViTScoringOptions.MaxBatchSize}.");
        }

        _ = ReadModel(parsed);
        return new MobileViTScoringOptions { Threads = threads, BatchSize = batch, MaxPixels = maxPixels };
    }

    /// <summary>How the model runs.</summary>
    /// <exception cref="CommandException">A number is out of range, or there is no such device.</exception>
    public MobileViTModelOptions ReadModel(ParseResult parsed)
    {
        var (threads, maxPixels) = _reading.Read(parsed);
        string device = parsed.GetValue(_device)!;
        int id = 0;
        bool isCuda = device.StartsWith(CudaPrefix, StringComparison.Ordinal)
            && int.TryParse(device.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id);
        return isCuda || device == Cpu
            ? new MobileViTModelOptions
            {
                GpuDeviceId = isCuda ? id : null,
                MaxConcurrency = threads,
                Decoding = new ImageDecodingOptions { MaxPixels = maxPixels },
            }
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
