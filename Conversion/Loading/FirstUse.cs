namespace MlNetMobileViT.Conversion;

/// <summary>
/// Opens the converted file of official weights or of a checkpoint, which are downloaded and converted into the cache where it does
/// not have them. What a file is opened as, its caller says: a model to run, or a graph to read.
/// </summary>
internal static class FirstUse
{
    /// <summary>Opens official weights; <c>MobileViTModel.LoadOfficialAsync</c> says what is thrown.</summary>
    public static async Task<T> OpenOfficialAsync<T>(
        string name,
        MobileViTLoadOptions options,
        Func<string, T> open,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ConversionOptions conversion = OfficialWeights.ConversionOptionsFor(name) with { Labels = ImageNet1k.Labels };
        Action<string>? notify = options.Notify;
        string checkpoint = await OfficialWeights.GetAsync(
            name,
            new OfficialWeightsOptions
            {
                CacheFolder = options.CacheFolder,
                Offline = options.Offline,
                BaseAddress = options.Mirror is { } mirror ? WithSlash(mirror) : null,
                DownloadStarting = address => notify?.Invoke($"Downloading {address}."),
                WaitingForLock = path => notify?.Invoke($"Waiting for another process that downloads the same file ('{path}')."),
            },
            progress,
            cancellationToken).ConfigureAwait(false);
        return await ConvertedModelCache.OpenAsync(
            checkpoint, conversion, options, OfficialWeights.LicenseNotice + ".", open, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a checkpoint; <c>MobileViTModel.LoadCheckpointAsync</c> says what is thrown.</summary>
    public static async Task<T> OpenCheckpointAsync<T>(
        string path,
        ConversionOptions? conversion,
        MobileViTLoadOptions options,
        Func<string, T> open,
        CancellationToken cancellationToken)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        conversion ??= new ConversionOptions();
        conversion.Validate();
        options.Validate();
        return await ConvertedModelCache.OpenAsync(
            path, conversion, options, $"Converting '{path}' into the cache.", open, cancellationToken).ConfigureAwait(false);
    }

    private static Uri WithSlash(Uri folder) =>
        folder.AbsoluteUri.EndsWith('/') ? folder : new Uri(folder.AbsoluteUri + '/');
}
