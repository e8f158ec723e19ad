using System.Security.Cryptography;

namespace MlNetMobileViT.Conversion;

/// <summary>Apple's trained MobileViT weights by name, downloaded once and kept.</summary>
/// <remarks>
/// A cache folder holds, for every file: the file itself, <c>.sha256</c> beside it (the checksum of the first download, in the
/// form that <c>sha256sum --check</c> reads), <c>.part</c> and <c>.part.version</c> while a download is unfinished, and an
/// empty <c>.lock</c> that keeps two processes from downloading the same file at once.
/// </remarks>
internal static class OfficialWeights
{
    /// <summary>A line for people about the license of the files.</summary>
    public const string LicenseNotice =
        "The weights are Apple's, under Apple's own license: https://github.com/apple/ml-cvnets/blob/main/LICENSE";

    /// <summary>The names, those of <see cref="PublishedWeights.All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. PublishedWeights.All.Select(static weights => weights.Name)];

    /// <summary>
    /// How to convert a file of official weights: as what it is, with its preprocessing, and MobileViT's with the layer norms that they
    /// were trained with, which are those of CVNets before version 0.2. (MobileViTv2 has none.)
    /// </summary>
    /// <exception cref="ArgumentException">The name is not one of <see cref="Names"/>.</exception>
    public static ConversionOptions ConversionOptionsFor(string name)
    {
        PublishedWeights weights = PublishedWeights.Get(name);
        return new ConversionOptions { Variant = weights.Variant, Preset = weights.Preset, LayerNorm = LayerNormKind.Channels };
    }

    /// <summary>Gives the path of a file of official weights, downloading it if the cache does not have it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Where from and where to; null for the defaults.</param>
    /// <param name="progress">Told about every block that arrives.</param>
    /// <param name="cancellationToken">Stops the download; what has arrived is kept, and the next call goes on from there.</param>
    /// <returns>The path of the file in the cache, its checksum compared with the one recorded before.</returns>
    /// <exception cref="ArgumentException">The name is not one of <see cref="Names"/>.</exception>
    /// <exception cref="FileNotFoundException">The cache does not have the file, and the options forbid the network.</exception>
    /// <exception cref="HttpRequestException">The download failed; the message says where to put the file by hand.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not the weights of this name, or not the file whose checksum was recorded before.
    /// </exception>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
    public static async Task<string> GetAsync(
        string name,
        OfficialWeightsOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new OfficialWeightsOptions();
        PublishedWeights weights = PublishedWeights.Get(name);
        Uri address = options.BaseAddress is { } mirror ? new Uri(mirror, weights.File) : weights.Address;
        var file = new CachedFile(Path.Combine(options.CacheFolder ?? WeightsCache.DefaultFolder, weights.File));

        if (await file.IsIntactAsync(cancellationToken).ConfigureAwait(false))
        {
            return file.Path;
        }

        string byHand = $"download {address} by other means and save it as '{file.Path}'";
        if (options.Offline)
        {
            throw file.Exists
                ? new InvalidDataException(
                    $"'{file.Path}' is damaged: its SHA-256 is not the one in '{file.ChecksumPath}'. Run without --offline "
                    + $"(MobileViTLoadOptions.Offline) to download it again, or: {byHand}.")
                : new FileNotFoundException(
                    $"'{file.Path}' is not there, and --offline (MobileViTLoadOptions.Offline) forbids the network; {byHand}.", file.Path);
        }

        using var cacheLock = await WeightsCache.LockAsync(file.Path, options.WaitingForLock, cancellationToken).ConfigureAwait(false);
        if (await file.IsIntactAsync(cancellationToken).ConfigureAwait(false))
        {
            return file.Path; // Another process has finished meanwhile.
        }

        options.DownloadStarting?.Invoke(address);
        using var download = new ResumableDownload(address, file.Path + ".part", options);
        try
        {
            await download.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new HttpRequestException(
                exception.HttpRequestError,
                $"{address} could not be downloaded: {exception.Message.TrimEnd('.')}. Try again later, or: {byHand}.",
                exception,
                exception.StatusCode);
        }

        await file.AcceptAsync(
            download,
            address,
            path => ModelWeights.Read(Checkpoint.Open(path), MobileViTVariants.Get(weights.Variant)),
            cancellationToken).ConfigureAwait(false);
        return file.Path;
    }

    internal static async Task<string> Sha256Async(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }
}
