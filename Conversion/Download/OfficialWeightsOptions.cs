namespace MlNetMobileViT.Conversion;

/// <summary>Where the official weights come from and where they are kept.</summary>
internal sealed record OfficialWeightsOptions
{
    /// <summary>The folder that files are kept in. Default: <see cref="WeightsCache.DefaultFolder"/>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Whether to use the cache only and never the network. Default: false.</summary>
    public bool Offline { get; init; }

    /// <summary>
    /// The folder of the files on the server, with a slash at its end. Default: null, which is where they are published.
    /// A mirror is one use for another.
    /// </summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>How long the server may be silent before a try counts as failed. Default: 30 seconds.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often in a row a download may fail without getting any further. Default: 4. It also ends after 8 failures in a row that
    /// together brought less than a megabyte.
    /// </summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The pause before the second try; every further one waits twice as long. Default: half a second.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Called with the address once before the first byte is asked for; not called where the cache has the file.</summary>
    public Action<Uri>? DownloadStarting { get; init; }

    /// <summary>
    /// Called once with the path of the lock when another process has been downloading the same file for two seconds; the
    /// download is then waited for.
    /// </summary>
    public Action<string>? WaitingForLock { get; init; }
}

/// <summary>How far a download is.</summary>
/// <param name="BytesReceived">The bytes on disk, those of an earlier, broken download included.</param>
/// <param name="TotalBytes">The length of the file in bytes; null where the server does not say.</param>
public readonly record struct DownloadProgress(long BytesReceived, long? TotalBytes);
