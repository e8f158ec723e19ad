using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>The chunks of a PNG file (ISO/IEC 15948, section 5).</summary>
/// <remarks>
/// The decoder only warns about a wrong checksum of a chunk that it could do without, but there may have been one that it could
/// not, such as the transparency or the palette. Pillow reads no file with one before its pixels.
/// </remarks>
internal readonly ref struct PngChunks(ReadOnlySpan<byte> exif, bool isInterlaced, string? damage)
{
    private const int HeaderLength = 8;
    private const int ChecksumLength = 4;

    private const int InterlaceMethod = 28; // of the file: the last byte of its first chunk

    /// <summary>The EXIF data; empty where there is none.</summary>
    public ReadOnlySpan<byte> Exif { get; } = exif;

    /// <summary>Whether the rows are stored in several passes.</summary>
    public bool IsInterlaced { get; } = isInterlaced;

    /// <summary>What is wrong, as the end of a sentence; null if nothing was seen.</summary>
    public string? Damage { get; } = damage;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Whether bytes are those of a PNG file.</summary>
    public static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Signature);

    private static bool IsName(ReadOnlySpan<byte> type) =>
        !type.SequenceEqual("IDAT"u8) && char.IsAsciiLetter((char)type[0]) && char.IsAsciiLetter((char)type[1])
        && char.IsAsciiLetter((char)type[2]) && char.IsAsciiLetter((char)type[3]);

    /// <summary>Reads the chunks of a file.</summary>
    public static PngChunks Read(ReadOnlySpan<byte> png)
    {
        ReadOnlySpan<byte> exif = default;
        ReadOnlySpan<byte> rest = png[Signature.Length..];
        bool isInterlaced = png.Length > InterlaceMethod && png[InterlaceMethod] != 0;
        bool isBeforePixels = true;
        while (rest.Length >= HeaderLength + ChecksumLength)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            ReadOnlySpan<byte> type = rest[4..HeaderLength];
            if (type.SequenceEqual("IEND"u8))
            {
                break;
            }

            if (length > rest.Length - HeaderLength - ChecksumLength)
            {
                // Among the pixels and before them the decoder notices where the data stops. It does not look behind them.
                return new(exif, isInterlaced, isBeforePixels || !IsName(type) ? null : "it is cut off before its end");
            }

            ReadOnlySpan<byte> content = rest.Slice(HeaderLength, (int)length);
            isBeforePixels &= !type.SequenceEqual("IDAT"u8);
            if (isBeforePixels
                && Crc32.Compute(rest[4..(HeaderLength + (int)length)])
                    != BinaryPrimitives.ReadUInt32BigEndian(rest[(HeaderLength + (int)length)..]))
            {
                return new(exif, isInterlaced, "a checksum before its pixels is wrong, so its content is damaged");
            }

            if (exif.IsEmpty && type.SequenceEqual("eXIf"u8))
            {
                exif = content;
            }

            rest = rest[(HeaderLength + (int)length + ChecksumLength)..];
        }

        return new(exif, isInterlaced, damage: null);
    }
}
