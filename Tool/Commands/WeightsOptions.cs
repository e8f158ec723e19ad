using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that take official weights: where these come from, and where they are kept.</summary>
internal sealed class WeightsOptions
{
    private readonly Option<bool> _offline = new("--offline")
    {
        Description = "Use official weights from the cache only, never the network.",
    };

    private readonly ValueOption<string?> _mirror = new(
        "--mirror", "URL", "Another address of the folder that holds the official files.");

    private readonly ValueOption<string?> _cache;

    /// <param name="command">The command that gets the options.</param>
    /// <param name="kept">What the command keeps.</param>
    public WeightsOptions(Command command, string kept)
    {
        _cache = new ValueOption<string?>(
            "--cache", "FOLDER", $"The folder for {kept} (default: {WeightsCache.EnvironmentVariable}, or the user's cache folder).");
        command.Add(_offline);
        command.Add(_mirror);
        command.Add(_cache);
    }

    /// <summary>The folder for what is kept for the next run.</summary>
    public string CacheOf(ParseResult parsed) => parsed.GetValue(_cache) ?? WeightsCache.DefaultFolder;

    /// <summary>What was asked for.</summary>
    /// <exception cref="ArgumentException">The mirror is not an address.</exception>
    public MobileViTLoadOptions Read(ParseResult parsed) => new()
    {
        CacheFolder = parsed.GetValue(_cache),
        Offline = parsed.GetValue(_offline),
        Mirror = ParseMirror(parsed.GetValue(_mirror)),
    };

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
}
