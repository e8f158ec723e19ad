using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>The directory of a Windows icon. Pillow takes the largest of its pictures, of those the one with most colours, and of
/// those the last.</summary>
/// <remarks>The decoder takes a smaller one where it cannot make sense of the largest.</remarks>
internal static class IcoDirectory
{
    private const int HeaderLength = 6;
    private const int EntryLength = 16;

    /// <summary>What is wrong, as the end of a sentence; null if nothing was seen.</summary>
    public static string? Damage(ReadOnlySpan<byte> ico)
    {
        ReadOnlySpan<byte> largest = Largest(ico);
        if (largest.IsEmpty)
        {
            return null; // The decoder notices where the data stops.
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(largest[8..]);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(largest[12..]);
        if (offset + (long)length > ico.Length)
        {
            return "a picture in it goes on beyond the end, so its content is cut off or damaged";
        }

        ReadOnlySpan<byte> picture = ico[(int)offset..];
        return PngChunks.IsPng(picture) ? PngChunks.Read(picture).Damage
            : IsBitmap(picture) ? null
            : "its largest picture is damaged";
    }

    private static ReadOnlySpan<byte> Largest(ReadOnlySpan<byte> ico)
    {
        ReadOnlySpan<byte> largest = default;
        int count = ico.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(ico[4..]);
        for (int i = 0; i < count && HeaderLength + ((i + 1) * EntryLength) <= ico.Length; i++)
        {
            ReadOnlySpan<byte> entry = ico.Slice(HeaderLength + (i * EntryLength), EntryLength);
            if (largest.IsEmpty || (Area(entry), Bits(entry)).CompareTo((Area(largest), Bits(largest))) >= 0)
            {
                largest = entry;
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

    private static int Bits(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]);
}
