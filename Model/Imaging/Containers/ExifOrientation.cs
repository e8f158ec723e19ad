using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>Reads one tag out of EXIF data: how the picture was held.</summary>
/// <remarks>
/// The value is taken as Pillow's <c>ImageOps.exif_transpose</c> takes it: whatever the integer type, and the first of several.
/// (TIFF 6.0, section 2, for the layout; EXIF 2.3, tag 274, for the tag. A package that reads metadata builds thousands of
/// objects a picture for this one number.)
/// </remarks>
internal static class ExifOrientation
{
    private const int HeaderLength = 8;
    private const int EntryLength = 12;
    private const int ValueOffset = 8;
    private const ushort Tag = 0x0112;

    /// <summary>The orientation that EXIF data tells; upright where it tells none, or is damaged.</summary>
    /// <param name="exif">A TIFF file, with or without <c>Exif\0\0</c> before it.</param>
    public static ImageOrientation Read(ReadOnlySpan<byte> exif)
    {
        while (exif.StartsWith("Exif\0\0"u8))
        {
            exif = exif["Exif\0\0"u8.Length..];
        }

        bool littleEndian = exif.StartsWith("II*\0"u8);
        if (exif.Length < HeaderLength || !(littleEndian || exif.StartsWith("MM\0*"u8)))
        {
            return ImageOrientation.Upright;
        }

        uint directory = UInt32(exif[4..], littleEndian);
        if (directory > exif.Length - sizeof(ushort))
        {
            return ImageOrientation.Upright;
        }

        ReadOnlySpan<byte> entries = exif[(int)directory..];
        int count = UInt16(entries, littleEndian);
        entries = entries[sizeof(ushort)..];
        for (int i = 0; i < count && entries.Length >= EntryLength; i++, entries = entries[EntryLength..])
        {
            if (UInt16(entries, littleEndian) == Tag)
            {
                return ImageOrientation.FromExif(FirstValue(exif, entries[..EntryLength], littleEndian));
            }
        }

        return ImageOrientation.Upright;
    }

    private static int FirstValue(ReadOnlySpan<byte> exif, ReadOnlySpan<byte> entry, bool littleEndian)
    {
        const int InlineLength = 4;
        int size = UInt16(entry[2..], littleEndian) switch
        {
            1 or 6 => sizeof(byte), // BYTE, SBYTE
            3 or 8 => sizeof(ushort), // SHORT, SSHORT
            4 or 9 => sizeof(uint), // LONG, SLONG
            _ => 0,
        };
        uint count = UInt32(entry[4..], littleEndian);
        if (size == 0 || count == 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> values = entry[ValueOffset..];
        if ((long)count * size > InlineLength)
        {
            // Several values do not fit; in their place is where they are.
            uint offset = UInt32(values, littleEndian);
            if (offset + ((long)count * size) > exif.Length)
            {
                return 0;
            }

            values = exif[(int)offset..];
        }

        return size switch
        {
            sizeof(byte) => values[0],
            sizeof(ushort) => UInt16(values, littleEndian),
            _ => (int)UInt32(values, littleEndian),
        };
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
