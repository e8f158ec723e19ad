using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>One of <paramref name="Count"/> parts of a run, counted from 1.</summary>
internal readonly record struct Shard(int Number, int Count)
{
    /// <summary>The whole run.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads <c>I/N</c>.</summary>
    /// <exception cref="CommandException">The text is anything else.</exception>
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count < 1)
        {
            throw new CommandException(
                $"--shard takes I/N, the number of this shard and how many there are, such as 2/8; it was given '{text}'.");
        }

        return number >= 1 && number <= count
            ? new Shard(number, count)
            : throw new CommandException(
                $"--shard {text}: shards are numbered from 1 to {count}. For a scheduler that counts from 0, add 1 to its index.");
    }

    /// <summary>Whether the input belongs to this shard: its key's <see cref="StableHash"/> modulo the count decides.</summary>
    public bool Contains(in ImageInput input) =>
        Count == 1 || StableHash.OfKey(input.Key) % (UInt128)Count == (UInt128)(Number - 1);

    public override string ToString() => Invariant($"{Number}/{Count}");
}
