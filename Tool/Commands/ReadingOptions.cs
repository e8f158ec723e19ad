using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that read many images: with how many threads, and how large they may be.</summary>
internal sealed class ReadingOptions
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

    public ReadingOptions(Command command)
    {
        command.Add(_threads);
        command.Add(_maxPixels);
    }

    /// <summary>The threads, 0 for one for each processor, and the most pixels.</summary>
    /// <exception cref="CommandException">A number is out of range.</exception>
    public (int Threads, long MaxPixels) Read(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        if (threads is < 0 or > MobileViTPreprocessingOptions.MaxThreads || (threads == 0 && parsed.GetResult(_threads) is not null))
        {
            throw new CommandException($"--threads {threads}: give a number from 1 to {MobileViTPreprocessingOptions.MaxThreads}.");
        }

        long maxPixels = parsed.GetValue(_maxPixels);
        return maxPixels is >= 1 and <= ImageDecodingOptions.LargestMaxPixels
            ? (threads, maxPixels)
            : throw new CommandException(Invariant(
                $"--max-pixels {maxPixels}: give a number from 1 to {ImageDecodingOptions.LargestMaxPixels}."));
    }
}
