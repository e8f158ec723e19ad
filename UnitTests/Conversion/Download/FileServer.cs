using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// An HTTP server on a loopback port that a test can make misbehave: it speaks to the socket itself, so that it can lie about
/// lengths and hang up halfway.
/// </summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FileRequest, Task> _answer;

    private FileServer(Func<FileRequest, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/weights/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<FileRequest> Requests { get; } = [];

    public static FileServer Start(Func<FileRequest, Task> answer) => new(answer);

    /// <summary>A well-behaved server of one file, with an ETag and ranges.</summary>
    public static FileServer Serving(byte[] content, string etag = "\"v1\"") =>
        Start(request => request.SendFileAsync(content, etag));

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (await FileRequest.ReadAsync(client, Requests.Count, _stop.Token) is { } request)
                {
                    Requests.Enqueue(request);
                    await _answer(request);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                return; // The client hung up, or the test is over.
            }
        }
    }
}

/// <summary>One request to a <see cref="FileServer"/>.</summary>
internal sealed class FileRequest(NetworkStream stream, int index, string path, CancellationToken stopped)
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>0 for the first request to the server, 1 for the second, …</summary>
    public int Index { get; } = index;

    public string Path { get; } = path;

    /// <summary>Cancelled when the test is over.</summary>
    public CancellationToken Stopped { get; } = stopped;

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>The first byte asked for.</summary>
    public int RangeStart => Header("Range") is { } range ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;

    public static async Task<FileRequest?> ReadAsync(TcpClient client, int index, CancellationToken stopped)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
        string? first = await reader.ReadLineAsync(stopped);
        if (first is null)
        {
            return null;
        }

        var request = new FileRequest(client.GetStream(), index, first.Split(' ')[1], stopped);
        while (await reader.ReadLineAsync(stopped) is { Length: > 0 } line)
        {
            string[] parts = line.Split(':', 2);
            request._headers[parts[0]] = parts[1].Trim();
        }

        return request;
    }

    /// <summary>Answers with a file as RFC 9110 has it: the rest of it where the condition holds, else all of it.</summary>
    public async Task SendFileAsync(byte[] content, string etag)
    {
        bool partial = Header("Range") is not null && Header("If-Range") == etag;
        int start = partial ? RangeStart : 0;
        string range = partial ? $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}\r\n" : "";
        await SendHeadAsync(
            partial ? "206 Partial Content" : "200 OK",
            $"ETag: {etag}\r\n{range}Content-Length: {content.Length - start}\r\n");
        await SendAsync(content.AsMemory(start));
    }

    public Task SendHeadAsync(string status, string headers = "Content-Length: 0\r\n") =>
        SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n"));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, Stopped);
        await stream.FlushAsync(Stopped);
    }
}
