using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>The argument that is a checkpoint's path or the name of official weights, and the options of either.</summary>
internal sealed class WeightsSource
{
    private readonly ValueOption<string?> _stateDict = new(
        "--state-dict", "KEY",
        "The key of the state dict in a training checkpoint, such as ema_state_dict. Default: it is searched, and "
            + "plain weights come before averaged ones.");

    private readonly WeightsOptions _weights;

    /// <param name="command">The command that gets the argument and the options.</param>
    /// <param name="argumentName">What the usage calls the argument.</param>
    /// <param name="description">What the argument may be.</param>
    public WeightsSource(Command command, string argumentName, string description)
    {
        Checkpoint = new Argument<string>(argumentName)
        {
            Description = $"{description} (.pt, .pth, .bin, .safetensors), or official weights by name: "
                + $"{PublishedWeights.NamesInWords}. (A file of such a name: ./xxs)",
        };
        command.Add(Checkpoint);
        command.Add(_stateDict);
        _weights = new WeightsOptions(command, "downloaded weights");
    }

    public Argument<string> Checkpoint { get; }

    public string? GetStateDictKey(ParseResult parsed) => parsed.GetValue(_stateDict);

    /// <summary>The path of the checkpoint, downloaded if need be.</summary>
    /// <exception cref="CommandException">There is no such file, and a name of official weights is like what was given.</exception>
    public async Task<string> GetPathAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        MobileViTLoadOptions from = _weights.Read(parsed);
        string checkpoint = parsed.GetRequiredValue(Checkpoint);
        if (PublishedWeights.Find(checkpoint) is not { } published)
        {
            return Path.Exists(checkpoint) || NearNames.Find(checkpoint, OfficialWeights.Names).Length == 0
                ? checkpoint
                : throw new CommandException(
                    $"There is no checkpoint file '{checkpoint}'{NearNames.EndOfSentence(checkpoint, OfficialWeights.Names)}");
        }

        var options = new OfficialWeightsOptions
        {
            CacheFolder = from.CacheFolder,
            Offline = from.Offline,
            BaseAddress = from.Mirror,
            DownloadStarting = address =>
            {
                terminal.WriteLine($"Downloading {address}");
                terminal.WriteLine(OfficialWeights.LicenseNotice);
            },
            WaitingForLock = path => terminal.WriteLine($"Waiting for another process that downloads the same file ('{path}')"),
        };
        return await DownloadBar.RunAsync(
            terminal,
            published.File,
            progress => OfficialWeights.GetAsync(checkpoint, options, progress, cancellationToken)).ConfigureAwait(false);
    }
}
