using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>The chunks of a WebP file (RFC 9649, section 2).</summary>
/// <remarks>
/// The decoder takes what it finds of a file that is shorter than it says; where bytes are missing from the middle, that is a
/// picture with wrong colours. Pillow refuses such a file.
/// </remarks>
internal readonly ref struct WebPChunks(ReadOnlySpan<byte> exif, string? damage)
{
    private const int HeaderLength = 8;
    private const int FormLength = 4;

    /// <summary>The EXIF data; empty where there is none.</summary>
    public ReadOnlySpan<byte> Exif { get; } = exif;

    /// <summary>What is wrong, as the end of a sentence; null if nothing was seen.</summary>
    public string? Damage { get; } = damage;

    /// <summary>Reads the chunks of a file.</summary>
    public static WebPChunks Read(ReadOnlySpan<byte> webp)
    {
        ReadOnlySpan<byte> exif = default;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(webp[4..]);
        if (length > webp.Length - HeaderLength || length < FormLength)
        {
            return new(exif, $"it says that it has {length + (long)HeaderLength} bytes, but has {webp.Length}");
        }

        ReadOnlySpan<byte> rest = webp.Slice(HeaderLength, (int)length)[FormLength..];
        bool isExtended = rest.StartsWith("VP8X"u8);
        while (rest.Length >= HeaderLength)
        {
            ReadOnlySpan<byte> type = rest[..4];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            long padded = size + (size & 1L);
            rest = rest[HeaderLength..];
            if (padded > rest.Length)
            {
                return new(exif, "a part of it says that it goes on beyond the end, so its content is cut off or damaged");
            }

            if (!isExtended)
            {
                break; // What follows the only part of a simple file belongs to nobody.
            }

            if (exif.IsEmpty && type.SequenceEqual("EXIF"u8))
            {
                exif = rest[..(int)size];
            }

            rest = rest[(int)padded..];
        }

        return new(exif, damage: null);
    }
}
