using System.Text;

namespace MlNetMobileViT.Conversion;

/// <summary>A downloaded file and the checksum recorded beside it.</summary>
internal sealed class CachedFile(string path)
{
    public string Path { get; } = path;

    public string ChecksumPath => Path + ".sha256";

    public bool Exists => File.Exists(Path);

    /// <summary>
    /// Whether the file is there and is the one whose checksum was recorded. A file without a record was put there by hand:
    /// it is taken, and its checksum recorded.
    /// </summary>
    public async Task<bool> IsIntactAsync(CancellationToken cancellationToken)
    {
        if (!Exists)
        {
            return false;
        }

        string actual = await OfficialWeights.Sha256Async(Path, cancellationToken).ConfigureAwait(false);
        string? recorded = await ReadChecksumAsync(cancellationToken).ConfigureAwait(false);
        if (recorded is null)
        {
            await WriteChecksumAsync(actual, cancellationToken).ConfigureAwait(false);
            return true;
        }

        return recorded == actual;
    }

    /// <summary>
    /// Reads a finished download as what it should be, compares it with the recorded checksum, and moves it into place in one
    /// step.
    /// </summary>
    /// <param name="download">The download.</param>
    /// <param name="address">Where it came from.</param>
    /// <param name="read">Reads the file of this path, or throws <see cref="InvalidDataException"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The server's file is not what it should be, or not the one that was recorded.</exception>
    public async Task AcceptAsync(ResumableDownload download, Uri address, Action<string> read, CancellationToken cancellationToken)
    {
        try
        {
            read(download.PartPath);
        }
        catch (InvalidDataException exception)
        {
            download.Discard();
            throw new InvalidDataException(
                $"{address} is not the file that it should be, and was not kept: {exception.Message} Download it by other "
                + "means, or from a mirror.",
                exception);
        }

        string actual = await OfficialWeights.Sha256Async(download.PartPath, cancellationToken).ConfigureAwait(false);
        string? recorded = await ReadChecksumAsync(cancellationToken).ConfigureAwait(false);
        if (recorded is not null && recorded != actual)
        {
            download.Discard();
            throw new InvalidDataException(
                $"{address} is not the file that was downloaded before: its SHA-256 is {actual}, and '{ChecksumPath}' "
                + $"recorded {recorded}. If the weights were published anew, delete that record and try again.");
        }

        if (recorded is null)
        {
            await WriteChecksumAsync(actual, cancellationToken).ConfigureAwait(false);
        }

        File.Move(download.PartPath, Path, overwrite: true);
        download.Discard();
    }

    private async Task<string?> ReadChecksumAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(ChecksumPath))
        {
            return null;
        }

        string text = await File.ReadAllTextAsync(ChecksumPath, cancellationToken).ConfigureAwait(false);
        string checksum = text.Split(' ', 2)[0].Trim().ToLowerInvariant();
        return checksum.Length == 64 && checksum.All(char.IsAsciiHexDigit)
            ? checksum
            : throw new InvalidDataException(
                $"'{ChecksumPath}' does not begin with a SHA-256 in hexadecimal. Delete it, and it is recorded anew.");
    }

    private async Task WriteChecksumAsync(string checksum, CancellationToken cancellationToken)
    {
        byte[] line = Encoding.UTF8.GetBytes($"{checksum}  {System.IO.Path.GetFileName(Path)}\n");
        try
        {
            await AtomicFile.WriteAsync(ChecksumPath, stream => stream.WriteAsync(line, cancellationToken).AsTask()).ConfigureAwait(false);
        }
        catch (Exception exception) when (Exists && (exception is IOException or UnauthorizedAccessException))
        {
            // A shared cache that is read-only for this user: the file serves without a record.
        }
    }
}
