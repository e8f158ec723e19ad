namespace MlNetMobileViT;

/// <summary>The checksum of zip archives and PNG chunks: CRC-32 with the reflected polynomial 0xEDB88320, eight bytes a step.</summary>
internal static class Crc32
{
    private const int Slices = 8;

    private static readonly uint[] Table = CreateTable();

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        var table = Table.AsSpan();
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            crc = table[(7 * 256) + (byte)(crc ^ bytes[0])]
                ^ table[(6 * 256) + (byte)((crc >> 8) ^ bytes[1])]
                ^ table[(5 * 256) + (byte)((crc >> 16) ^ bytes[2])]
                ^ table[(4 * 256) + (byte)((crc >> 24) ^ bytes[3])]
                ^ table[(3 * 256) + bytes[4]]
                ^ table[(2 * 256) + bytes[5]]
                ^ table[256 + bytes[6]]
                ^ table[bytes[7]];
        }

        foreach (byte value in bytes)
        {
            crc = (crc >> 8) ^ table[(byte)(crc ^ value)];
        }

        return ~crc;
    }

    private static uint[] CreateTable()
    {
        uint[] table = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            table[value] = crc;
        }

        for (int i = 256; i < table.Length; i++)
        {
            table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        }

        return table;
    }
}
