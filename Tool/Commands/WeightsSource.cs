using System.CommandLine;
using MlNetMobileViT.Conversion;
using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary>The argument that is a checkpoint's path or the name of official weights, and the options of the download.</summary>
/// <param name="argumentName">What the usage calls the argument.</param>
/// <param name="description">What the argument may be.</param>
internal sealed class WeightsSource(string argumentName, string description)
{
    private readonly Option<bool> _offline = new("--offline")
    {
        Description = "Use official weights from the cache only, never the network.",
    };

    private readonly ValueOption<string?> _cache = new(
        "--cache", "FOLDER",
        $"The folder for downloaded weights (default: {WeightsCache.EnvironmentVariable}, or the user's cache folder).");

    private readonly ValueOption<string?> _mirror = new(
        "--mirror", "URL", "Another address of the folder that holds the official files.");

    private readonly ValueOption<string?> _stateDict = new(
        "--state-dict", "KEY",
        "The key of the state dict in a training checkpoint, such as ema_state_dict. Default: it is searched, and "
            + "plain weights come before averaged ones.");

    public Argument<string> Checkpoint { get; } = new(argumentName)
    {
        Description = $"{description} (.pt, .pth, .bin, .safetensors), or official weights by name: "
            + $"{string.Join(", ", OfficialWeights.Names)}. (A file of such a name: ./xxs)",
    };

    public void AddTo(Command command)
    {
        command.Add(Checkpoint);
        command.Add(_stateDict);
        command.Add(_offline);
        command.Add(_cache);
        command.Add(_mirror);
    }

    public string? GetStateDictKey(ParseResult parsed) => parsed.GetValue(_stateDict);

    /// <summary>The path of the checkpoint, downloaded if need be.</summary>
    public async Task<string> GetPathAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        string checkpoint = parsed.GetRequiredValue(Checkpoint);
        if (!OfficialWeights.Names.Contains(checkpoint))
        {
            return checkpoint;
        }

        var options = new OfficialWeightsOptions
        {
            CacheFolder = parsed.GetValue(_cache),
            Offline = parsed.GetValue(_offline),
            BaseAddress = ParseMirror(parsed.GetValue(_mirror)),
            DownloadStarting = address =>
            {
                terminal.WriteLine($"Downloading {address}");
                terminal.WriteLine(OfficialWeights.LicenseNotice);
            },
            WaitingForLock = path => terminal.WriteLine($"Waiting for another process that downloads the same file ('{path}')"),
        };
        return !terminal.IsInteractive
            ? await OfficialWeights.GetAsync(checkpoint, options, null, cancellationToken)
            : await GetWithProgressAsync(checkpoint, options, terminal.Screen, cancellationToken);
    }

    private static Task<string> GetWithProgressAsync(
        string name, OfficialWeightsOptions options, IAnsiConsole screen, CancellationToken cancellationToken) =>
        screen.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(PublishedWeights.Get(name).File, autoStart: true);
                task.IsIndeterminate = true;
                return OfficialWeights.GetAsync(name, options, new TaskProgress(task), cancellationToken);
            });

    private static Uri? ParseMirror(string? mirror)
    {
        if (mirror is null)
        {
            return null;
        }

        return Uri.TryCreate(mirror.EndsWith('/') ? mirror : mirror + '/', UriKind.Absolute, out var address)
            && (address.Scheme is "http" or "https")
            ? address
            : throw new ArgumentException($"'{mirror}' is not an address; --mirror wants one that begins with https:// or http://.");
    }

    private sealed class TaskProgress(ProgressTask task) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value.TotalBytes is { } total)
            {
                task.IsIndeterminate = false;
                task.MaxValue = total;
            }

            task.Value = value.BytesReceived;
        }
    }
}
