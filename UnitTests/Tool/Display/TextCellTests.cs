using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class TextCellTests
{
    [TestMethod]
    [DataRow("abc", 5, "abc  ", "abc  ")]
    [DataRow("abcdef", 4, "abc…", "…def")]
    [DataRow("猫猫猫", 5, "猫猫…", "…猫猫")]
    [DataRow("猫猫猫", 4, "猫… ", "…猫 ")]
    public void Text_is_cut_or_filled_to_the_columns_it_takes(string text, int width, string start, string end)
    {
        Assert.AreEqual(start, TextCell.Fit(text, width));
        Assert.AreEqual(end, TextCell.FitEnd(text, width));
    }

    [TestMethod]
    [DataRow("a\nb\tc", @"a\nb\tc")]
    [DataRow("\u001b[2J", @"\u001b[2J")]
    [DataRow("a\u202eb", @"a\u202eb")]
    [DataRow("猫 é 👍", "猫 é 👍")]
    public void Nothing_that_moves_the_cursor_is_printed(string text, string expected) =>
        Assert.AreEqual(expected, TextCell.Printable(text));
}
