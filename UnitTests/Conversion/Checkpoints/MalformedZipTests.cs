using System.IO.Compression;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class MalformedZipTests
{
    private static readonly object Root = CheckpointWriter.StateDict(TestTensor.Of("w", [4], 1, 2, 3, 4));

    [TestMethod]
    [DataRow("/etc/passwd")]
    [DataRow("../outside")]
    [DataRow("model/data/../../outside")]
    [DataRow("model/..")]
    [DataRow(@"model\data\0")]
    [DataRow("C:/windows/system32")]
    [DataRow("model/data/0\0.txt")]
    [DataRow("")]
    public void An_entry_name_that_is_no_plain_path_is_refused(string name) =>
        RefusedFile.Assert(
            ZipWriter.Write([.. CheckpointWriter.ZipEntries(Root), new ZipEntry(name, [1])]), "no plain relative path");

    [TestMethod]
    public void An_entry_that_is_there_twice_is_refused()
    {
        var entries = CheckpointWriter.ZipEntries(Root);
        RefusedFile.Assert(ZipWriter.Write([.. entries, entries[2]]), "'model/data/0'", "twice");
    }

    [TestMethod]
    public void Lies_about_an_entry_are_found()
    {
        Lie(entry => entry with { ClaimedCrc = 1 }, "checksum");
        Lie(entry => entry with { ClaimedSize = 8 }, "claims 16 bytes for 8");
        Lie(entry => entry with { ClaimedSize = 8, ClaimedPackedSize = 8 }, "checksum");
        Lie(entry => entry with { ClaimedSize = uint.MaxValue, ClaimedPackedSize = uint.MaxValue }, "more than the file has");
        Lie(entry => entry with { ClaimedSize = 300, ClaimedPackedSize = 300 }, "overlaps");
        Lie(entry => entry with { ClaimedOffset = uint.MaxValue }, "does not begin where");
        Lie(entry => entry with { ClaimedOffset = 1 }, "does not begin where");
        Lie(entry => entry with { ClaimedOffset = 0 }, "another name");
        Lie(entry => entry with { NameInOwnHeader = "model/data/1" }, "another name");
        Lie(entry => entry with { Method = 8 }, "compressed");
        Lie(entry => entry with { Flags = 1 }, "encrypted");
    }

    [TestMethod]
    public void A_zip_bomb_is_not_inflated()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("bomb.pt");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("model/data.pkl", CompressionLevel.Optimal).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 32; i++)
            {
                stream.Write(zeros);
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Checkpoint.Open(path));
        Assert.IsLessThan(1L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
        RefusedFile.AssertSentence(exception, path);
        StringAssert.Contains(exception.Message, "compressed");
    }

    [TestMethod]
    public void The_archive_holds_one_pickle()
    {
        var entries = CheckpointWriter.ZipEntries(Root);
        RefusedFile.Assert(ZipWriter.Write(entries[1..]), "no entry 'data.pkl'");
        RefusedFile.Assert(ZipWriter.Write([.. entries, entries[0] with { Name = "other/data.pkl" }]), "more than one entry 'data.pkl'");
        RefusedFile.Assert(ZipWriter.Write([.. entries, new ZipEntry("model/constants.pkl", [])]), "TorchScript");
    }

    [TestMethod]
    public void A_big_endian_file_is_refused()
    {
        var entries = CheckpointWriter.ZipEntries(Root);
        entries[1] = entries[1] with { Content = "big"u8.ToArray() };
        RefusedFile.Assert(ZipWriter.Write(entries), "'big'", "little-endian");
    }

    [TestMethod]
    public void The_directory_lies_within_the_file()
    {
        byte[] file = CheckpointWriter.Zip(Root);
        int end = file.Length - 22;
        foreach (var (offset, size) in new[] { (4, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2) })
        {
            byte[] lying = [.. file];
            lying.AsSpan(end + offset, size).Fill(0xff);
            RefusedFile.Assert(lying);
        }
    }

    private static void Lie(Func<ZipEntry, ZipEntry> lie, string word)
    {
        var entries = CheckpointWriter.ZipEntries(Root);
        entries[2] = lie(entries[2]);
        RefusedFile.Assert(ZipWriter.Write(entries), "'model/data/0'", word);
    }
}
