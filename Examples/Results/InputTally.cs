using System.Globalization;

namespace MlNetMobileViT.Examples;

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
