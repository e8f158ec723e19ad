using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetMobileViT.Tool;

/// <summary>The checksum CRC-32C (Castagnoli), which processors compute.</summary>
internal struct Crc32C
{
    /// <summary>The checksum of all that was added.</summary>
    public uint Value { get; private set; }

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var checksum = default(Crc32C);
        checksum.Add(bytes);
        return checksum.Value;
    }

    /// <summary>Adds bytes; pieces give the checksum of the whole.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint checksum = ~Value;
        foreach (ulong value in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        foreach (byte value in bytes[(bytes.Length & ~7)..])
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        Value = ~checksum;
    }
}
