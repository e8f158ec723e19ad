using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>The directory of a Windows icon. Pillow 9 takes the largest of its pictures, of those the one with most colours, and of
/// those the last.</summary>
/// <remarks>
/// The decoder goes by other rules, and takes another picture where it cannot make sense of one. So it is given an icon that has
/// only the one. What a mask leaves out of a bitmap, the decoder makes black; Pillow keeps its colour.
/// </remarks>
internal readonly struct IcoDirectory(int entry, int offset, int length, string? damage)
{
    private const int HeaderLength = 6;
    private const int EntryLength = 16;
    private const int LengthInEntry = 8;
    private const int OffsetInEntry = 12;

    /// <summary>What is wrong, as the end of a sentence; null if nothing was seen.</summary>
    public string? Damage { get; } = damage;

    /// <summary>The length of the icon that has only the picture to take; 0 if there is none.</summary>
    public int CopyLength => length == 0 ? 0 : HeaderLength + EntryLength + length;

    /// <summary>Reads the directory of a file.</summary>
    public static IcoDirectory Read(ReadOnlySpan<byte> ico)
    {
        int entry = Largest(ico);
        if (entry < 0)
        {
            return default; // The decoder notices where the data stops.
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(ico[(entry + LengthInEntry)..]);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(ico[(entry + OffsetInEntry)..]);
        if (offset + (long)length > ico.Length)
        {
            return new(entry, 0, 0, "a picture in it goes on beyond the end, so its content is cut off or damaged");
        }

        ReadOnlySpan<byte> picture = ico[(int)offset..];
        string? damage = PngChunks.IsPng(picture) ? PngChunks.Read(picture).Damage
            : IsBitmap(picture) ? null
            : "its largest picture is damaged";
        return new(entry, (int)offset, damage is null ? (int)length : 0, damage);
    }

    /// <summary>Writes an icon that has only the picture to take.</summary>
    /// <param name="ico">The file.</param>
    /// <param name="copy">Receives it; of the length of <see cref="CopyLength"/>.</param>
    /// <param name="keepsMask">Whether what a mask leaves out stays left out.</param>
    public void CopyTo(ReadOnlySpan<byte> ico, Span<byte> copy, bool keepsMask)
    {
        const int CountInHeader = 4;
        ico[..HeaderLength].CopyTo(copy);
        BinaryPrimitives.WriteUInt16LittleEndian(copy[CountInHeader..], 1);
        ico.Slice(entry, EntryLength).CopyTo(copy[HeaderLength..]);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[(HeaderLength + OffsetInEntry)..], HeaderLength + EntryLength);
        Span<byte> picture = copy[(HeaderLength + EntryLength)..];
        ico.Slice(offset, length).CopyTo(picture);
        if (!keepsMask && !PngChunks.IsPng(picture))
        {
            picture[Math.Min(MaskOf(picture), picture.Length)..].Clear();
        }
    }

    /// <summary>Where the mask of a bitmap begins, behind its last row; its end if that is not known.</summary>
    private static int MaskOf(ReadOnlySpan<byte> bitmap)
    {
        // BITMAPINFOHEADER; its height is that of the colours and of the mask together.
        const int InfoLength = 40, BytesPerColor = 4, MostBitsWithPalette = 8;
        if (bitmap.Length < InfoLength || BinaryPrimitives.ReadInt32LittleEndian(bitmap) is var header && header < InfoLength)
        {
            return bitmap.Length;
        }

        long width = BinaryPrimitives.ReadInt32LittleEndian(bitmap[4..]);
        long height = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(bitmap[8..])) / 2;
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bitmap[14..]);
        bool isCompressed = BinaryPrimitives.ReadUInt32LittleEndian(bitmap[16..]) != 0;
        uint colors = BinaryPrimitives.ReadUInt32LittleEndian(bitmap[32..]);
        if (isCompressed || width <= 0)
        {
            return bitmap.Length;
        }

        long palette = bits > MostBitsWithPalette ? 0
            : colors == 0 || colors > 1U << bits ? 1L << bits
            : colors;
        long row = ((width * bits) + 31) / 32 * sizeof(uint);
        return (int)Math.Min(header + (palette * BytesPerColor) + (row * height), bitmap.Length);
    }

    /// <summary>Where the entry of the picture to take is, or -1.</summary>
    private static int Largest(ReadOnlySpan<byte> ico)
    {
        int largest = -1;
        (int Area, int Bits) most = default;
        int count = ico.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(ico[4..]);
        for (int i = 0; i < count && HeaderLength + ((i + 1) * EntryLength) <= ico.Length; i++)
        {
            int position = HeaderLength + (i * EntryLength);
            ReadOnlySpan<byte> entry = ico.Slice(position, EntryLength);
            (int Area, int Bits) next = (Area(entry), Bits(entry));
            if (largest < 0 || next.CompareTo(most) >= 0)
            {
                largest = position;
                most = next;
            }
        }

        return largest;
    }

    /// <summary>Whether bytes begin like a bitmap without a file header: with the length of one of its headers.</summary>
    private static bool IsBitmap(ReadOnlySpan<byte> picture)
    {
        const int ShortestHeader = 12, LongestHeader = 124;
        return picture.Length >= sizeof(uint)
            && BinaryPrimitives.ReadUInt32LittleEndian(picture) is >= ShortestHeader and <= LongestHeader;
    }

    private static int Area(ReadOnlySpan<byte> entry)
    {
        const int NoByte = 256; // which is written as 0
        return (entry[0] == 0 ? NoByte : entry[0]) * (entry[1] == 0 ? NoByte : entry[1]);
    }

    private static int Bits(ReadOnlySpan<byte> entry)
    {
        const int Unknown = 256; // is taken for more than any number
        int colors = entry[2];
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]);
        return bits != 0 ? bits
            : colors > 1 ? (int)Math.Ceiling(Math.Log2(colors))
            : Unknown;
    }
}
