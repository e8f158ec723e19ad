using System.IO.Compression;
using System.Text;

namespace MlNetMobileViT.UnitTests;

/// <summary>A thousand uploads that mean no good, in an order that mixes their kinds.</summary>
internal sealed class HostileUploads(Uri server, HttpClient client)
{
    private const int SamplesSeed = 12;

    // Refused, or read where the damage does not show; never an error of the server.
    private static readonly int[] ReadOrRefused = [200, 400];
    private static readonly int[] Refused = [400];

    private readonly Random _random = new(SamplesSeed);
    private readonly byte[][] _samples = [.. Demo.Samples.Select(File.ReadAllBytes)];

    /// <summary>An upload: what it is, how it is sent, and which statuses are right.</summary>
    public sealed record Upload(string What, Func<Task<int>> SendAsync, int[] Expected);

    /// <summary>All of them.</summary>
    public Upload[] All()
    {
        Upload[] all =
        [
            .. Make(300, Truncated), .. Make(150, RandomBytes), .. Make(100, WrongType), .. Make(100, Mutated), .. Make(96, Bomb),
            .. Make(4, LargeButAllowed), .. Make(100, BrokenForm), .. Make(50, WrongLength), .. Make(50, Aborted), .. Make(40, TooLarge),
            .. Make(10, Slow),
        ];
        _random.Shuffle(all);
        return all;
    }

    private static IEnumerable<Upload> Make(int count, Func<int, Upload> make) => Enumerable.Range(0, count).Select(make);

    private Upload Truncated(int i)
    {
        byte[] sample = Sample(i);
        return Post("a picture that is cut off", i, sample[.._random.Next(1, sample.Length * 9 / 10)], Refused);
    }

    private Upload RandomBytes(int i)
    {
        byte[] bytes = new byte[_random.Next(100_000)];
        _random.NextBytes(bytes);
        return Post("random bytes", i, bytes, Refused);
    }

    private Upload WrongType(int i)
    {
        string[] types = ["text/html", "application/pdf", "application/x-www-form-urlencoded", "video/mp4", "*/*"];
        return new Upload("a wrong type", () => PostAsync(Bytes(Sample(i), types[i % types.Length])), [415]);
    }

    private Upload Mutated(int i)
    {
        byte[] bytes = [.. Sample(i)];
        for (int flips = _random.Next(1, 20); flips > 0; flips--)
        {
            bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
        }

        return Post("a changed picture", i, bytes, ReadOrRefused);
    }

    /// <summary>Files of some bytes that declare to be pictures of gigabytes.</summary>
    private Upload Bomb(int i) => (i % 6) switch
    {
        0 => Post("a PNG of 60000×60000", i, Png(60_000, 60_000, Zeros(1000)), Refused),
        1 => Post("a GIF of 65535×65535", i, [.. "GIF89a"u8, 255, 255, 255, 255, 0, 0, 0, 0x2C, 0, 0, 0, 0, 255, 255, 255, 255, 0, 2, 0, 0x3B], Refused),
        2 => Post("a PNG that unpacks to 400 MB", i, Png(20_000, 20_000, Zeros(1 << 22)), Refused),
        3 => Post("a JPEG of 65500×65500", i, WithJpegSize(Sample(i), 65_500), Refused),
        4 => Post("a BMP of 2147483647×2147483647", i, WithBmpSize(int.MaxValue), Refused),
        _ => Post("a PNG with a colour profile that unpacks to 64 MB", i, Encoded.WithPngChunk(Png(8, 8, Zeros(8 * 9)), "iCCP", [.. "a\0\0"u8, .. Zeros(1 << 26)]), ReadOrRefused),
    };

    private Upload LargeButAllowed(int i) => Post("a PNG of 49 million pixels", i, Png(7000, 7000, Zeros(7000 * 7001)), [200]);

    private Upload BrokenForm(int i)
    {
        const string Part = "--x\r\nContent-Disposition: form-data; name=files; filename=a.jpg\r\n\r\n";
        string picture = Encoding.Latin1.GetString(Sample(i));
        (string boundary, string body) = (i % 8) switch
        {
            0 => ("", Part + picture + "\r\n--x--\r\n"),
            1 => ("; boundary=", Part + picture + "\r\n--x--\r\n"),
            2 => ("; boundary=y", Part + picture + "\r\n--x--\r\n"),
            3 => ("; boundary=x", Part + picture),
            4 => ("; boundary=x", Part[..40]),
            5 => ("; boundary=x", string.Concat(Enumerable.Repeat(Part + "\r\n", 5000)) + "--x--\r\n"),
            6 => ("; boundary=x", "--x\r\n" + new string('a', 100_000) + ": b\r\n\r\n\r\n--x--\r\n"),
            _ => ("; boundary=" + new string('x', 1000), Part + picture),
        };
        return new Upload("a broken form", () => PostAsync(Bytes(Encoding.Latin1.GetBytes(body), "multipart/form-data" + boundary)), Refused);
    }

    /// <summary>Bodies that end before their length, or go on behind it.</summary>
    private Upload WrongLength(int i)
    {
        byte[] sample = Sample(i);
        int length = i % 2 == 0 ? 2 * sample.Length : sample.Length / 2;
        return new Upload(
            $"a length of {length} for {sample.Length} bytes",
            () => RawRequest.SendAsync(server, $"Content-Type: image/jpeg\nContent-Length: {length}", RawRequest.Whole(sample), thenEnd: true),
            [RawRequest.NoAnswer, 400]);
    }

    private Upload Aborted(int i) => new(
        "an upload that is broken off",
        async () =>
        {
            await RawRequest.AbortAsync(server, $"Content-Type: image/jpeg\nContent-Length: {100_000}", Sample(i));
            return RawRequest.NoAnswer;
        },
        [RawRequest.NoAnswer]);

    /// <summary>100 MB, with and without saying so before, and never all in memory.</summary>
    private Upload TooLarge(int i)
    {
        const int Piece = 1 << 16, Pieces = 1600;
        return i % 2 == 0
            ? new Upload(
                "100 MB",
                () => RawRequest.SendAsync(
                    server,
                    $"Content-Type: image/jpeg\nContent-Length: {Piece * Pieces}",
                    RawRequest.Repeated(new byte[Piece], Pieces, TimeSpan.Zero)),
                [413])
            : new Upload(
                "100 MB in chunks",
                () => RawRequest.SendAsync(
                    server,
                    "Content-Type: image/jpeg\nTransfer-Encoding: chunked",
                    RawRequest.Repeated(RawRequest.Chunk(new byte[Piece]), Pieces, TimeSpan.Zero)),
                [413]);
    }

    private Upload Slow(int i) => new(
        "a byte now and then",
        () => RawRequest.SendAsync(
            server, $"Content-Type: image/jpeg\nContent-Length: {1000 + i}", RawRequest.Repeated([0xFF], 1000, TimeSpan.FromMilliseconds(100))),
        [408]);

    /// <summary>Bytes as a body, or as a file of a form, in turn.</summary>
    private Upload Post(string what, int i, byte[] bytes, int[] expected) => new(
        what,
        () => PostAsync(i % 2 == 0
            ? Bytes(bytes, "image/jpeg")
            : new MultipartFormDataContent { { new ByteArrayContent(bytes), "files", "picture.jpg" } }),
        expected);

    private async Task<int> PostAsync(HttpContent content)
    {
        using HttpResponseMessage response = await client.PostAsync("/classify", content);
        return (int)response.StatusCode;
    }

    private static ByteArrayContent Bytes(byte[] bytes, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private byte[] Sample(int i) => _samples[i % _samples.Length];

    /// <summary>A grey PNG with picture data that may be less than it declares.</summary>
    private static byte[] Png(int width, int height, byte[] data)
    {
        byte[] header =
            [.. BitConverter.GetBytes(width).Reverse(), .. BitConverter.GetBytes(height).Reverse(), 8, 0, 0, 0, 0];
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A,
            .. Encoded.PngChunk("IHDR", header), .. Encoded.PngChunk("IDAT", data), .. Encoded.PngChunk("IEND", []),
        ];
    }

    private static byte[] Zeros(int count)
    {
        using var packed = new MemoryStream();
        using (var packing = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            byte[] block = new byte[1 << 16];
            for (int left = count; left > 0; left -= block.Length)
            {
                packing.Write(block, 0, Math.Min(left, block.Length));
            }
        }

        return packed.ToArray();
    }

    private static byte[] WithJpegSize(byte[] jpeg, int side)
    {
        byte[] changed = [.. jpeg];
        int frame = changed.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BitConverter.GetBytes((ushort)side).Reverse().ToArray().CopyTo(changed, frame + 5);
        BitConverter.GetBytes((ushort)side).Reverse().ToArray().CopyTo(changed, frame + 7);
        return changed;
    }

    private static byte[] WithBmpSize(int side)
    {
        byte[] size = BitConverter.GetBytes(side);
        return [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, .. size, .. size, 1, 0, 24, 0, .. new byte[24 + 100]];
    }
}
