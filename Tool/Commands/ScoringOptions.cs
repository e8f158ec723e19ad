using System.CommandLine;
using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that score images: how much of the machine they may take.</summary>
internal sealed class ScoringOptions
{
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "How many threads decode and score. Default: one for each processor. Results do not depend on it.",
        HelpName = "N",
    };

    private readonly Option<long> _maxPixels = new("--max-pixels")
    {
        Description = "The most pixels (width times height) of an image; one that has more fails.",
        HelpName = "N",
        DefaultValueFactory = _ => ImageDecodingOptions.DefaultMaxPixels,
    };

    public ScoringOptions(Command command)
    {
        command.Add(_threads);
        command.Add(_maxPixels);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A number is out of range.</exception>
    public MobileViTScoringOptions Read(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        if (threads is < 0 or > MobileViTPreprocessingOptions.MaxThreads || (threads == 0 && parsed.GetResult(_threads) is not null))
        {
            throw new CommandException($"--threads {threads}: give a number from 1 to {MobileViTPreprocessingOptions.MaxThreads}.");
        }

        long maxPixels = parsed.GetValue(_maxPixels);
        return maxPixels is >= 1 and <= ImageDecodingOptions.LargestMaxPixels
            ? new MobileViTScoringOptions { Threads = threads, MaxPixels = maxPixels }
            : throw new CommandException(Invariant(
                $"--max-pixels {maxPixels}: give a number from 1 to {ImageDecodingOptions.LargestMaxPixels}."));
    }

    /// <summary>What rows depend on, for the settings of a run.</summary>
    public static KeyValuePair<string, string> SettingOf(MobileViTScoringOptions options) =>
        new("max-pixels", options.MaxPixels.ToString(CultureInfo.InvariantCulture));
}
