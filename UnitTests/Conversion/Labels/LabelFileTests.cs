using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

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
    [DataRow("cat\n1\tdog\n", "Line 2", "tab")]
    public void What_is_wrong_is_said_with_its_line(string text, params string[] parts)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes(text)));
        foreach (string part in parts.Append("labels.txt"))
        {
            StringAssert.Contains(error.Message, part);
        }
    }

    [TestMethod]
    [DataRow("utf-8")]
    [DataRow("utf-16")]
    [DataRow("utf-16BE")]
    [DataRow("utf-32")]
    [DataRow("utf-32BE")]
    public void A_byte_order_mark_tells_the_encoding(string name)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("brochet\r\nété\r\n鶴\r\n🦩 flamingo\r\n")];
        Assert.AreEqual("brochet|été|鶴|🦩 flamingo", string.Join('|', Read(bytes)));
    }

    [TestMethod]
    [DataRow(new byte[] { 0x61, 0x0A, 0x62, 0x0A, 0x63, 0xE9, 0x0A }, "Line 3", DisplayName = "Latin-1")]
    [DataRow(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0x0A, 0xFF, 0x0A }, "Line 2", DisplayName = "a mark of UTF-8 before something else")]
    [DataRow(new byte[] { 0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x00, 0xDC, 0x0A, 0 }, "Line 2", DisplayName = "half a letter of UTF-16")]
    [DataRow(new byte[] { 0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x62 }, "Line 2", DisplayName = "half a number of UTF-16")]
    public void What_is_not_text_is_an_error_with_its_line(byte[] bytes, string line)
    {
        string message = Assert.ThrowsExactly<InvalidDataException>(() => Read(bytes)).Message;
        StringAssert.StartsWith(message, $"{line} of the label file '");
        StringAssert.Contains(message, "Save it as UTF-8");
    }

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
