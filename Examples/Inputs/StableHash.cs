using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlNetMobileViT.Examples.Inputs;

/// <summary>A hash of text that is the same on every machine and in every version: the first half of the UTF-8's SHA-256.</summary>
internal static class StableHash
{
    public static UInt128 Of(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
