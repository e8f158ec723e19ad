using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>A hash of text that is the same on every machine and in every version: the first half of the UTF-8's SHA-256.</summary>
internal static class StableHash
{
    /// <summary>
    /// The hash of an input's key, which is the same wherever a folder is mounted: systems write one name with composed and with
    /// decomposed accents (NFC and NFD), and separate folders with <c>/</c> and with <c>\</c>.
    /// </summary>
    public static UInt128 OfKey(string key) => Of(DecomposedText.Of(key.Replace('\\', '/')));

    public static UInt128 Of(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
