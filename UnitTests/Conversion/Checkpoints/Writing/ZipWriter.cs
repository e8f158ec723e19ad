using System.Text;

namespace MlNetMobileViT.UnitTests;

/// <summary>Writes zip archives as <c>torch.save</c> does: stored, the contents aligned, sizes in the directory only.</summary>
internal static class ZipWriter
{
    private const int Alignment = 64;
    private const int LocalLength = 30;

    public static byte[] Write(IReadOnlyList<ZipEntry> entries)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var offsets = new List<uint>();
        foreach (var entry in entries)
        {
            offsets.Add((uint)stream.Position);
            byte[] name = Encoding.UTF8.GetBytes(entry.NameInOwnHeader ?? entry.Name);
            int unpadded = (int)stream.Position + LocalLength + name.Length + 4;
            int padding = (Alignment - (unpadded % Alignment)) % Alignment;
            writer.Write(0x04034b50);
            writer.Write(new byte[22]);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)(padding + 4));
            writer.Write(name);
            writer.Write("FB"u8);
            writer.Write((ushort)padding);
            writer.Write(new byte[padding]);
            writer.Write(entry.Content);
        }

        uint start = (uint)stream.Position;
        foreach (var (entry, offset) in entries.Zip(offsets))
        {
            byte[] name = Encoding.UTF8.GetBytes(entry.Name);
            writer.Write(0x02014b50);
            writer.Write(0);
            writer.Write(entry.Flags);
            writer.Write(entry.Method);
            writer.Write(0);
            writer.Write(entry.ClaimedCrc ?? Crc32.Compute(entry.Content));
            writer.Write(entry.ClaimedPackedSize ?? (uint)entry.Content.Length);
            writer.Write(entry.ClaimedSize ?? (uint)entry.Content.Length);
            writer.Write((ushort)name.Length);
            writer.Write(new byte[12]);
            writer.Write(entry.ClaimedOffset ?? offset);
            writer.Write(name);
        }

        uint size = (uint)stream.Position - start;
        writer.Write(0x06054b50);
        writer.Write(0);
        writer.Write((ushort)entries.Count);
        writer.Write((ushort)entries.Count);
        writer.Write(size);
        writer.Write(start);
        writer.Write((ushort)0);
        return stream.ToArray();
    }
}
