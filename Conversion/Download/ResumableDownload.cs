using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Downloads into a file that survives a broken connection: the next try, in this process or a later one, asks only for what
/// is missing, on the condition that the file on the server is still the same (RFC 9110, <c>Range</c> with <c>If-Range</c>).
/// </summary>
internal sealed class ResumableDownload(Uri address, string partPath, OfficialWeightsOptions options) : IDisposable
{
    /// <summary>The largest file that is accepted: the largest that could be read.</summary>
    private const long MaxBytes = Checkpoint.MaxFileSize;

    // A connection that brings a few bytes at a time makes progress for ever.
    private const long WorthwhileProgress = 1 << 20;
    private const int MaxFruitlessTries = 8;

    // Time is bounded by silence, not in all: a slow line is no error.
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Where the bytes are collected.</summary>
    public string PartPath { get; } = partPath;

    /// <summary>The ETag or Last-Modified that the collected bytes belong to.</summary>
    private string VersionPath => PartPath + ".version";

    public void Dispose() => _client.Dispose();

    /// <summary>Deletes what has been collected.</summary>
    public void Discard()
    {
        File.Delete(PartPath);
        File.Delete(VersionPath);
    }

    /// <summary>Collects the whole file.</summary>
    /// <exception cref="HttpRequestException">The server refused, or the connection broke too often without progress.</exception>
    public async Task RunAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        long furthest = Collected;
        long milestone = furthest;
        var delay = options.RetryDelay;
        int failures = 0;
        int fruitless = 0;
        while (true)
        {
            try
            {
                if (await TryAsync(progress, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (Exception exception) when (IsWorthAnotherTry(exception, cancellationToken))
            {
                failures++;
                fruitless++;
                if (Collected > furthest)
                {
                    furthest = Collected;
                    failures = 1;
                    delay = options.RetryDelay;
                }

                if (furthest - milestone >= WorthwhileProgress)
                {
                    milestone = furthest;
                    fruitless = 1;
                }

                if (failures >= options.Attempts || fruitless >= MaxFruitlessTries)
                {
                    throw new HttpRequestException(Describe(exception), exception);
                }

                await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
                delay *= 2;
            }
        }
    }

    private long Collected => File.Exists(PartPath) ? new FileInfo(PartPath).Length : 0;

    /// <returns>Whether the file is complete; false asks for another try from the start.</returns>
    private async Task<bool> TryAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        long offset = Collected;
        if (offset > 0 && ReadVersion() is { } version)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
            request.Headers.IfRange = version;
        }

        silence.CancelAfter(options.SilenceTimeout);
        using var response = await _client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent when Continues(response, request.Headers):
                break;
            case HttpStatusCode.OK:
                offset = 0;
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when offset > 0:
                // The server's file is shorter than, or other than, what was collected.
                Discard();
                return false;
            default:
                throw new HttpRequestException(
                    HttpRequestError.Unknown,
                    $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(),
                    inner: null,
                    response.StatusCode);
        }

        if (response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            throw new HttpRequestException(
                HttpRequestError.InvalidResponse,
                "the server answered with a web page, which a network that wants a login does",
                inner: null,
                HttpStatusCode.OK);
        }

        long? total = (offset > 0 ? response.Content.Headers.ContentRange?.Length : null)
            ?? response.Content.Headers.ContentLength + offset;
        if (total > MaxBytes)
        {
            throw TooLarge();
        }

        if (offset == 0)
        {
            WriteVersion(response);
        }

        await CopyAsync(response, offset, total, progress, silence).ConfigureAwait(false);
        return true;
    }

    private async Task CopyAsync(
        HttpResponseMessage response,
        long offset,
        long? total,
        IProgress<DownloadProgress>? progress,
        CancellationTokenSource silence)
    {
        await using var source = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using var target = new FileStream(PartPath, offset == 0 ? FileMode.Create : FileMode.Append, FileAccess.Write);
        byte[] buffer = new byte[128 * 1024];
        long received = offset;
        progress?.Report(new DownloadProgress(received, total));
        while (received != total)
        {
            // What comes beyond the size that was announced is not part of the file.
            int wanted = (int)Math.Min(buffer.Length, (total ?? long.MaxValue) - received);
            silence.CancelAfter(options.SilenceTimeout);
            int count = await ReadAsync(source, buffer.AsMemory(0, wanted), silence.Token).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            received += count;
            if (received > MaxBytes)
            {
                throw TooLarge();
            }

            await target.WriteAsync(buffer.AsMemory(0, count), silence.Token).ConfigureAwait(false);
            progress?.Report(new DownloadProgress(received, total));
        }

        if (received == 0 || received != (total ?? received))
        {
            throw BrokenOff($"the server ended it after {received} bytes of {total?.ToString(CultureInfo.InvariantCulture) ?? "a file"}");
        }
    }

    private static async Task<int> ReadAsync(Stream source, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            // Told apart here from an IOException of the disk, for which another try is no help.
            throw BrokenOff(exception.Message, exception);
        }
    }

    private static HttpRequestException BrokenOff(string message, Exception? inner = null) =>
        new(HttpRequestError.ResponseEnded, message, inner);

    private static bool IsWorthAnotherTry(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException { StatusCode: { } status } =>
            (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        HttpRequestException => true,
        _ => false,
    };

    private string Describe(Exception exception) => exception switch
    {
        OperationCanceledException => string.Create(
            CultureInfo.InvariantCulture, $"the server was silent for {options.SilenceTimeout.TotalSeconds:0.#} seconds"),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } =>
            string.Create(CultureInfo.InvariantCulture, $"the connection broke off after {Collected} bytes ({exception.Message})"),
        _ => exception.Message,
    };

    /// <summary>Whether a partial answer is what was asked for, of the version that was asked for, up to the end.</summary>
    private static bool Continues(HttpResponseMessage response, HttpRequestHeaders asked) =>
        asked.Range is not null
        && response.Content.Headers.ContentRange is { Unit: "bytes" } range
        && range.From == asked.Range.Ranges.Single().From
        && (range.Length is null || range.To == range.Length - 1)
        && (response.Headers.ETag is null
            || asked.IfRange?.EntityTag is null
            || asked.IfRange.EntityTag.Equals(response.Headers.ETag));

    private static HttpRequestException TooLarge() => new(
        HttpRequestError.ConfigurationLimitExceeded,
        string.Create(CultureInfo.InvariantCulture, $"the file is larger than {MaxBytes >> 20} MiB, which no such checkpoint is"),
        inner: null,
        HttpStatusCode.OK);

    private RangeConditionHeaderValue? ReadVersion() =>
        File.Exists(VersionPath) && RangeConditionHeaderValue.TryParse(File.ReadAllText(VersionPath), out var version) ? version : null;

    private void WriteVersion(HttpResponseMessage response)
    {
        // What is collected under the old version must be gone before the new one is written.
        Discard();
        string? version = response.Headers.ETag is { IsWeak: false } tag
            ? tag.ToString()
            : response.Content.Headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);
        if (version is not null)
        {
            File.WriteAllText(VersionPath, version);
        }
    }
}
