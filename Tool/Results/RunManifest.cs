using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>
/// What a finished output says about the run that made it, in a small JSON file beside it: <c>merge</c> proves with it that every
/// input is there exactly once and brings the rows into the order of a run without shards, and <c>--resume</c> that nothing is
/// left to do.
/// </summary>
/// <remarks>
/// It is written after the output, and carries the output's length and SHA-256: whatever fails in between, an output never
/// passes for that of another run.
/// </remarks>
internal sealed record RunManifest
{
    private const string Extension = ".run.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    /// <summary>The number of this shard, from 1; 1 of 1 for a run without shards.</summary>
    public required int Shard { get; init; }

    /// <summary>The number of shards.</summary>
    public required int Shards { get; init; }

    /// <summary>The number of inputs of all shards together, as this shard saw them.</summary>
    public required long Inputs { get; init; }

    /// <summary>The <see cref="InputTally"/>'s digest of all inputs, as this shard saw them.</summary>
    public required string InputsDigest { get; init; }

    /// <summary>The number of rows in the output.</summary>
    public required long Rows { get; init; }

    /// <summary>The number of rows with an error.</summary>
    public required long Failed { get; init; }

    /// <summary>The <see cref="InputTally"/>'s digest of the inputs that the rows are of.</summary>
    public required string RowsDigest { get; init; }

    /// <summary>The <see cref="CsvStyle"/> in which the output was written; it changes the bytes and not the rows.</summary>
    public required string Style { get; init; }

    /// <summary>What the rows depend on, by name: the model above all.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The length of the output in bytes.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>The SHA-256 of the output, in lower-case hexadecimal.</summary>
    public required string OutputSha256 { get; init; }

    /// <summary>The SHA-256 of the file beside the output, in formats that have one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BesideSha256 { get; init; }

    /// <summary>
    /// The position of each row of a shard among all inputs: differences from one row to the next as variable-length integers,
    /// in Base64. Empty for a run without shards, whose rows are all inputs in their order.
    /// </summary>
    public required string Positions { get; init; }

    /// <summary>The manifest that belongs to an output.</summary>
    public static string PathFor(string output) => output + Extension;

    /// <exception cref="CommandException">There is no manifest, or it is not one.</exception>
    public static RunManifest Read(string output)
    {
        string path = PathFor(output);
        if (!File.Exists(path))
        {
            throw new CommandException(
                $"'{output}' has no '{Path.GetFileName(path)}' beside it: it is not the complete output of a run, or the file was "
                + "not copied along.");
        }

        try
        {
            RunManifest manifest = JsonSerializer.Deserialize<RunManifest>(File.ReadAllBytes(path), Json)
                ?? throw new FormatException("It is empty.");
            _ = InputTally.Sum([manifest.InputsDigest, manifest.RowsDigest]);
            bool fits = manifest.Shards == 1
                ? manifest.Shard == 1 && manifest.Rows == manifest.Inputs && manifest.Positions.Length == 0
                : manifest.Shard >= 1 && manifest.Shard <= manifest.Shards && manifest.RowPositions().LongCount() == manifest.Rows;
            return fits && manifest.Failed >= 0 && manifest.Failed <= manifest.Rows
                ? manifest
                : throw new FormatException("Its numbers do not fit each other.");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException or EndOfStreamException)
        {
            throw new CommandException(
                $"'{path}' does not say what '{Path.GetFileName(output)}' was made of: {exception.Message} Run that command again.",
                exception);
        }
    }

    public Task WriteAsync(string output) =>
        AtomicFile.WriteAsync(PathFor(output), stream => JsonSerializer.SerializeAsync(stream, this, Json));

    /// <summary>The SHA-256 of all that is in a stream, for <see cref="OutputSha256"/>.</summary>
    public static async Task<string> HashAsync(Stream stream, CancellationToken cancellationToken)
    {
        stream.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Checks that an output is the one that the run wrote, to the last byte.</summary>
    /// <exception cref="CommandException">It is another.</exception>
    public async Task RequireUnchangedAsync(string output, CancellationToken cancellationToken)
    {
        await RequireAsync(output, OutputSha256).ConfigureAwait(false);
        if (BesideSha256 is not null && ResultFormat.BesideOf(output) is { } beside)
        {
            await RequireAsync(beside, BesideSha256).ConfigureAwait(false);
        }

        async Task RequireAsync(string path, string sha256)
        {
            using FileStream? stream = File.Exists(path) ? File.OpenRead(path) : null;
            if (stream is null || (path == output && stream.Length != OutputBytes)
                || await HashAsync(stream, cancellationToken).ConfigureAwait(false) != sha256)
            {
                throw new CommandException(
                    $"'{path}' is not the file that '{Path.GetFileName(PathFor(output))}' describes: it was changed, or its run did "
                    + "not end. Run that command again.");
            }
        }
    }

    /// <summary>Packs positions for <see cref="Positions"/>.</summary>
    public static string Pack(IEnumerable<long> positions)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        long last = 0;
        foreach (long position in positions)
        {
            writer.Write7BitEncodedInt64(position - last);
            last = position;
        }

        writer.Flush();
        return Convert.ToBase64String(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>The position of each row among all inputs.</summary>
    public IEnumerable<long> RowPositions()
    {
        if (Shards == 1)
        {
            for (long row = 0; row < Rows; row++)
            {
                yield return row;
            }

            yield break;
        }

        using var reader = new BinaryReader(new MemoryStream(Convert.FromBase64String(Positions)));
        long last = 0;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            last += reader.Read7BitEncodedInt64();
            yield return last;
        }
    }
}

/// <summary>Compares what two runs depend on, by name: the model above all.</summary>
internal static class RunSettings
{
    /// <summary>A setting that two runs do not share.</summary>
    public readonly record struct Different(string Name, string Before, string Now)
    {
        /// <summary>The difference in a sentence: <c>top 5, and this run has top 3</c>.</summary>
        public string Describe(string other) => $"{Name} {Before}, and {other} {Name} {Now}";
    }

    /// <summary>The first difference, or null.</summary>
    public static Different? Difference(
        IEnumerable<KeyValuePair<string, string>> before, IEnumerable<KeyValuePair<string, string>> now)
    {
        Dictionary<string, string> old = before.ToDictionary();
        Dictionary<string, string> current = now.ToDictionary();
        foreach (string name in current.Keys.Union(old.Keys))
        {
            string was = old.GetValueOrDefault(name, "none");
            string wanted = current.GetValueOrDefault(name, "none");
            if (was != wanted)
            {
                return new Different(name, was, wanted);
            }
        }

        return null;
    }
}

/// <summary>How many inputs there are, and a digest of their names and places.</summary>
/// <remarks>
/// The digest is the sum of the <see cref="StableHash"/>es of their keys, each times an odd number that tells its place among all
/// inputs, modulo 2^128; so the digests of shards add up to that of the whole.
/// </remarks>
internal readonly record struct InputTally(long Count, UInt128 Digest)
{
    public InputTally Add(in ImageInput input) => new(Count + 1, unchecked(Digest + (StableHash.OfKey(input.Key) * (UInt128)((2 * input.Index) + 1))));

    public string DigestText => Digest.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The digest of inputs that were counted apart.</summary>
    /// <exception cref="FormatException">A text is none that <see cref="DigestText"/> gives.</exception>
    public static string Sum(IEnumerable<string> digests) => digests
        .Aggregate(new InputTally(), static (sum, text) => sum with
        {
            Digest = unchecked(sum.Digest + UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
        })
        .DigestText;
}
