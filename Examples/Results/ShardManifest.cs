using System.Text.Json;

namespace MlNetMobileViT.Examples.Results;

/// <summary>
/// What a shard says about itself, in a small JSON file beside its output, so that <c>merge</c> can prove that every input is
/// there exactly once and bring the rows into the order of a run without shards.
/// </summary>
internal sealed record ShardManifest
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The number of this shard, from 1.</summary>
    public required int Shard { get; init; }

    /// <summary>The number of shards.</summary>
    public required int Shards { get; init; }

    /// <summary>The number of inputs of all shards together, as this shard saw them.</summary>
    public required long Inputs { get; init; }

    /// <summary>The <see cref="InputTally"/>'s digest of all inputs, as this shard saw them.</summary>
    public required string InputsDigest { get; init; }

    /// <summary>What the rows depend on, by name: the model above all.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>
    /// The position of each row among all inputs: differences from one row to the next as variable-length integers, in
    /// Base64.
    /// </summary>
    public required string Positions { get; init; }

    /// <summary>The manifest that belongs to a shard's output.</summary>
    public static string PathFor(string output) => output + ".shard.json";

    /// <exception cref="CommandException">There is no manifest, or it is not one.</exception>
    public static ShardManifest Read(string output)
    {
        string path = PathFor(output);
        if (!File.Exists(path))
        {
            throw new CommandException(
                $"'{output}' has no '{Path.GetFileName(path)}' beside it: it is not the complete output of a run with --shard, or "
                + "the file was not copied along.");
        }

        try
        {
            return JsonSerializer.Deserialize<ShardManifest>(File.ReadAllBytes(path), Json)
                ?? throw new CommandException($"'{path}' is empty.");
        }
        catch (JsonException exception)
        {
            throw new CommandException($"'{path}' is not the manifest of a shard: {exception.Message}", exception);
        }
    }

    public Task WriteAsync(string output) =>
        AtomicFile.WriteAsync(PathFor(output), stream => JsonSerializer.SerializeAsync(stream, this, Json));

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

    /// <summary>The positions that <see cref="Pack"/> packed.</summary>
    public IEnumerable<long> UnpackPositions()
    {
        using var reader = new BinaryReader(new MemoryStream(Convert.FromBase64String(Positions)));
        long last = 0;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            last += reader.Read7BitEncodedInt64();
            yield return last;
        }
    }
}
