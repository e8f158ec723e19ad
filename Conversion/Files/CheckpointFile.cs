using System.Security.Cryptography;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// The bytes of a checkpoint file. It is read once and whole, so that what is hashed is what is converted, and nobody can
/// change it in between.
/// </summary>
internal sealed class CheckpointFile(string path, byte[] bytes)
{
    /// <summary>The most bytes that are read.</summary>
    public const int MaxSize = 1 << 30;

    private const int LongestQuote = 120;

    public string Path { get; } = path;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public int Length => Bytes.Length;

    public ReadOnlySpan<byte> Span => Bytes.Span;

    public static CheckpointFile Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw Error(path, "is a folder; give the path of a checkpoint file");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no checkpoint file '{path}'.", path);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!stream.CanSeek || stream.Length == 0)
        {
            throw Error(path, stream.CanSeek ? "is empty" : "is not a regular file");
        }

        if (stream.Length > MaxSize)
        {
            throw Error(path, $"has {stream.Length} bytes, more than the {MaxSize} that are read");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw Error(path, "became shorter while it was read");
        }

        return new CheckpointFile(path, bytes);
    }

    public string ComputeSha256() => Convert.ToHexStringLower(SHA256.HashData(Span));

    public InvalidDataException Error(string problem) => Error(Path, problem);

    /// <summary>Text from a file made fit for a message: short, and on one line.</summary>
    public static string Quote(string text) =>
        QuoteWhole(text.Length > LongestQuote ? string.Concat(text.AsSpan(0, LongestQuote), "…") : text);

    /// <summary>An exception whose message is one sentence: the file, then <paramref name="problem"/>.</summary>
    public static InvalidDataException Error(string path, string problem) =>
        new($"The checkpoint file {QuoteWhole(path)} {problem}.");

    private static string QuoteWhole(string text) => string.Create(text.Length + 2, text, static (target, source) =>
    {
        target[0] = target[^1] = '\'';
        for (int i = 0; i < source.Length; i++)
        {
            target[i + 1] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '\uFFFD' : source[i];
        }
    });
}
