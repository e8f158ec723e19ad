using System.Globalization;
using MlNetMobileViT.Examples.Inputs;

namespace MlNetMobileViT.Examples.Results;

/// <summary>How many inputs there are, and a digest of them that does not depend on their order.</summary>
/// <remarks>The digest is the sum of the paths' <see cref="StableHash"/>es, modulo 2^128.</remarks>
internal readonly record struct InputTally(long Count, UInt128 Digest)
{
    public InputTally Add(string path) => new(Count + 1, unchecked(Digest + StableHash.Of(path)));

    public string DigestText => Digest.ToString("x32", CultureInfo.InvariantCulture);
}
