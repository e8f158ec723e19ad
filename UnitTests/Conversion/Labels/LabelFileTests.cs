using System.Text;
using MlNetMobileViT.Conversion.Labels;

namespace MlNetMobileViT.UnitTests.Conversion.Labels;

[TestClass]
public sealed class LabelFileTests
{
    [TestMethod]
    [DataRow("cat\ndog\n")]
    [DataRow("cat\ndog")]
    [DataRow("\uFEFFcat\r\ndog\r\n\r\n")]
    [DataRow("  cat\t\n dog ")]
    public void Labels_are_the_trimmed_lines(string text) =>
        Assert.AreEqual("cat|dog", string.Join('|', Read(Encoding.UTF8.GetBytes(text))));

    [TestMethod]
    public void Names_in_any_script_are_kept() =>
        Assert.AreEqual("brochet|été|鶴|🦩 flamingo", string.Join('|', Read("brochet\nété\n鶴\n🦩 flamingo\n"u8)));

    [TestMethod]
    [DataRow("", "is empty")]
    [DataRow("\n \n", "is empty")]
    [DataRow("cat\n\ndog\n", "Line 2")]
    [DataRow("cat\ndog\ncat\n", "Line 3", "line 1", "'cat'")]
    [DataRow("cat\nd\0g\n", "Line 2", "control character")]
    public void What_is_wrong_is_said_with_its_line(string text, params string[] parts)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes(text)));
        foreach (string part in parts.Append("labels.txt"))
        {
            StringAssert.Contains(error.Message, part);
        }
    }

    [TestMethod]
    public void Text_in_another_encoding_is_refused() =>
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => Read([0x63, 0xE9, 0x0A])).Message, "not UTF-8");

    [TestMethod]
    public void A_missing_file_is_named() =>
        StringAssert.Contains(
            Assert.ThrowsExactly<FileNotFoundException>(() => LabelFile.Read("no-such-labels.txt")).Message,
            "no-such-labels.txt");

    private static IReadOnlyList<string> Read(ReadOnlySpan<byte> bytes)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("labels.txt");
        File.WriteAllBytes(path, bytes);
        return LabelFile.Read(path);
    }
}
