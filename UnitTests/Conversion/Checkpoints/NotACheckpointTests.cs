using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class NotACheckpointTests
{
    [TestMethod]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("missing.pt");
        var exception = Assert.ThrowsExactly<FileNotFoundException>(() => Checkpoint.Open(path));
        StringAssert.Contains(exception.Message, path);
        Assert.ThrowsExactly<ArgumentException>(() => Checkpoint.Open(""));
    }

    [TestMethod]
    public void A_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Checkpoint.Open(folder.Root));
        RefusedFile.AssertSentence(exception, folder.Root);
        StringAssert.Contains(exception.Message, "folder");
    }

    [TestMethod]
    public void Other_files_are_called_what_they_are()
    {
        RefusedFile.Assert([], "empty");
        RefusedFile.Assert([1], "not a checkpoint");
        RefusedFile.Assert("conv_1.weight 0.1 0.2"u8.ToArray(), "text");
        RefusedFile.Assert("<!DOCTYPE html>\n<html>"u8.ToArray(), "web page");
        RefusedFile.Assert("version https://git-lfs.github.com/spec/v1\noid sha256:0"u8.ToArray(), "Git LFS");
        RefusedFile.Assert([0xff, 0xd8, 0xff, 0xe0, .. new byte[100]], "no format that is known");
        RefusedFile.Assert([0x50, 0x4b, 5, 6, .. new byte[18]], "empty zip archive");
        RefusedFile.Assert(new PickleWriter().Write(CheckpointWriter.StateDict()), "bare pickle");

        byte[] tar = new byte[512];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        RefusedFile.Assert(tar, "tar archive");
    }

    [TestMethod]
    public void An_onnx_file_is_recognised()
    {
        using var stream = new MemoryStream();
        using (var output = new Google.Protobuf.CodedOutputStream(stream, leaveOpen: true))
        {
            TestModels.Formula(TestModels.Tiny, new GraphStyle(64, 64)).WriteTo(output);
        }

        RefusedFile.Assert(stream.ToArray(), "ONNX");
    }

    [TestMethod]
    public void Another_zip_archive_is_refused() =>
        RefusedFile.Assert(ZipWriter.Write([new ZipEntry("word/document.xml", Encoding.UTF8.GetBytes("<w/>"))]), "data.pkl");

    [TestMethod]
    public void A_legacy_file_of_another_machine_or_version_is_refused()
    {
        object root = CheckpointWriter.StateDict(TestTensor.Of("w", [1], 1));
        RefusedFile.Assert(CheckpointWriter.Legacy(root, littleEndian: false), "big-endian");
        RefusedFile.Assert(CheckpointWriter.Legacy(root, protocol: 1002), "1001");
    }

    [TestMethod]
    [RequiresReference]
    [DataRow("mobilevit_xxs.pt")]
    [DataRow("mobilevit_xxs.timm.safetensors")]
    public void A_truncated_official_file_is_refused(string name)
    {
        byte[] file = File.ReadAllBytes(Reference.PathOf("checkpoints", name));
        foreach (double part in new[] { 0.001, 0.5, 0.999 })
        {
            RefusedFile.Assert(file[..(int)(file.Length * part)]);
        }
    }
}
