using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MlNetMobileViT.UnitTests;

/// <summary>Requests that no well-behaved client sends.</summary>
internal static class RawRequest
{
    /// <summary>The connection ended without an answer.</summary>
    public const int NoAnswer = 0;

    /// <summary>Sends the head of a request and a body, in whatever pieces, and reads the status while it sends.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="headers">The headers, one a line.</param>
    /// <param name="body">The body as it goes over the wire.</param>
    /// <param name="thenEnd">Whether to say after the body that nothing more comes, which the server takes for a client that is gone.</param>
    public static async Task<int> SendAsync(
        Uri server, string headers, IAsyncEnumerable<ReadOnlyMemory<byte>> body, bool thenEnd = false)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port);
        NetworkStream stream = client.GetStream();
        Task sending = SendAsync();
        try
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            string? line = await reader.ReadLineAsync();
            return line is null ? NoAnswer : int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return NoAnswer;
        }
        finally
        {
            client.Close();
            await sending;
        }

        async Task SendAsync()
        {
            try
            {
                string head = $"POST /classify HTTP/1.1\r\nHost: {server.Authority}\r\n{headers.ReplaceLineEndings("\r\n")}\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                await foreach (ReadOnlyMemory<byte> piece in body)
                {
                    await stream.WriteAsync(piece);
                }

                if (thenEnd)
                {
                    client.Client.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // The server has heard enough.
            }
        }
    }

    /// <summary>Sends a part of a request and resets the connection.</summary>
    public static async Task AbortAsync(Uri server, string headers, ReadOnlyMemory<byte> part)
    {
        using var client = new TcpClient { LingerState = new LingerOption(enable: true, seconds: 0) };
        await client.ConnectAsync(server.Host, server.Port);
        string head = $"POST /classify HTTP/1.1\r\nHost: {server.Authority}\r\n{headers.ReplaceLineEndings("\r\n")}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await client.GetStream().WriteAsync(part);
    }

    /// <summary>A body in one piece.</summary>
    public static IAsyncEnumerable<ReadOnlyMemory<byte>> Whole(byte[] body) => Repeated(body, 1, TimeSpan.Zero);

    /// <summary>A piece again and again.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> Repeated(byte[] piece, int count, TimeSpan pause)
    {
        for (int i = 0; i < count; i++)
        {
            yield return piece;
            await Task.Delay(pause);
        }
    }

    /// <summary>A piece as chunked transfer encoding has it.</summary>
    public static byte[] Chunk(byte[] content) => [.. Encoding.ASCII.GetBytes($"{content.Length:x}\r\n"), .. content, .. "\r\n"u8];
}
