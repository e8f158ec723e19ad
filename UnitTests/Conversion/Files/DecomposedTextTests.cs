using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class DecomposedTextTests
{
    [TestMethod]
    [DataRow("plain.jpg", "plain.jpg")]
    [DataRow("caf\u00E9", "cafe\u0301")]
    [DataRow("\u00DCbung", "U\u0308bung")]
    [DataRow("\u1EBF", "e\u0302\u0301", DisplayName = "Vietnamese: two marks")]
    [DataRow("\u1EC7", "e\u0323\u0302", DisplayName = "Vietnamese: marks in Unicode's order")]
    [DataRow("\u00EA\u0323", "e\u0323\u0302", DisplayName = "Vietnamese: marks in the order of typing")]
    [DataRow("\u0439", "\u0438\u0306", DisplayName = "Cyrillic")]
    [DataRow("\u304C\u30D7", "\u304B\u3099\u30D5\u309A", DisplayName = "Japanese")]
    [DataRow("\uAC00\uAC01\uD7A3", "\u1100\u1161\u1100\u1161\u11A8\u1112\u1175\u11C2", DisplayName = "Korean")]
    [DataRow("\u0929", "\u0928\u093C", DisplayName = "Devanagari")]
    [DataRow("\u212B", "A\u030A", DisplayName = "the sign of the unit ångström")]
    [DataRow("猫🦩\uD800", "猫🦩\uD800", DisplayName = "nothing to take apart, and half a pair")]
    public void Composed_and_decomposed_text_become_the_same(string text, string expected)
    {
        Assert.AreEqual(expected, DecomposedText.Of(text));
        Assert.AreEqual(expected, DecomposedText.Of(expected));
    }

    [TestMethod]
    public void Different_letters_stay_different() =>
        Assert.AreNotEqual(DecomposedText.Of("\u00E9"), DecomposedText.Of("\u00E8"));
}
