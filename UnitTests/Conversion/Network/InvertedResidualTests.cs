using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class InvertedResidualTests
{
    [TestMethod]
    [DataRow(3, 8)]
    [DataRow(8, 8)]
    [DataRow(10, 16)]
    [DataRow(12, 16)]
    [DataRow(17, 16)]
    [DataRow(20, 24)]
    [DataRow(36, 40)]
    [DataRow(45, 48)]
    [DataRow(128, 128)]
    public void Widths_are_made_divisible_by_eight_and_lose_no_more_than_a_tenth(int width, int expected)
    {
        Assert.AreEqual(expected, InvertedResidual.MakeDivisible(width));
        var expansion = new InvertedResidualBlock(new("block", "", ""), width, new(Channels: 8, Stride: 1, ExpandRatio: 1)).Tensors.First();
        CollectionAssert.AreEqual(new[] { expected, width, 1, 1 }, expansion.Shape.ToArray());
    }
}
