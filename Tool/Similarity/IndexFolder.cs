using System.Runtime.InteropServices;

namespace MlNetMobileViT.Tool;

/// <summary>The files of an index of features.</summary>
/// <remarks>
/// <c>images</c> is a <see cref="ResultJournal"/> with a row for each vector; <c>features</c> holds the vectors, float32 and nothing
/// else; <c>graph-BLOCK-VECTORS-FILE</c> is the <see cref="NeighborGraph"/> of a block that is full, named by the checksum of the vectors
/// that it is of and by its own, so that one that is damaged, or of an index that was there before, is never taken.
/// </remarks>
/// <param name="path">The folder.</param>
internal sealed class IndexFolder(string path)
{
    /// <summary>How many vectors a block has. To compare with as many takes 7 ms, so that a graph of fewer would gain nothing.</summary>
    public const int DefaultBlockSize = 250_000;

    private const string GraphPrefix = "graph-";

    public string Path { get; } = path;

    public string Images => System.IO.Path.Combine(Path, "images");

    public string Features => System.IO.Path.Combine(Path, "features");

    public string Lock => System.IO.Path.Combine(Path, "lock");

    /// <summary>How many vectors a block has; tests have fewer.</summary>
    public int BlockSize { get; init; } = DefaultBlockSize;

    /// <summary>Where a graph is written before it is whole.</summary>
    public string TemporaryGraph(int block) => System.IO.Path.Combine(Path, Invariant($"{GraphPrefix}{block:00000}.tmp"));

    /// <summary>The files of graphs, whole or not.</summary>
    public IEnumerable<string> Graphs() => Directory.EnumerateFiles(Path, GraphPrefix + "*");

    /// <summary>The whole graph of a block; null where there is none.</summary>
    public string? FindGraph(int block, uint checksum) => Directory
        .EnumerateFiles(Path, GraphStart(block, checksum) + "*")
        .FirstOrDefault(file => System.IO.Path.GetFileName(file) == NameOf(block, checksum, ChecksumOf(file)));

    /// <summary>Where the graph that is in a file belongs.</summary>
    public string PathOf(int block, uint checksum, string file) =>
        System.IO.Path.Combine(Path, NameOf(block, checksum, ChecksumOf(file)));

    /// <summary>The checksum of the vectors of each block that is full.</summary>
    public uint[] ChecksumsOf(IndexedImages images)
    {
        uint[] checksums = new uint[images.Count / BlockSize];
        for (int block = 0; block < checksums.Length; block++)
        {
            checksums[block] = Crc32C.Of(MemoryMarshal.AsBytes(images.Checksums.Slice(block * BlockSize, BlockSize)));
        }

        return checksums;
    }

    private static string NameOf(int block, uint checksum, uint file) => Invariant($"{GraphStart(block, checksum)}{file:x8}");

    private static string GraphStart(int block, uint checksum) => Invariant($"{GraphPrefix}{block:00000}-{checksum:x8}-");

    private static uint ChecksumOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        byte[] buffer = new byte[1 << 20];
        var checksum = default(Crc32C);
        // Pieces of eight bytes each but the last, as Crc32C takes them fastest.
        while (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) is var length and > 0)
        {
            checksum.Add(buffer.AsSpan(0, length));
        }

        return checksum.Value;
    }
}
