namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class CropPlanTests
{
    /// <summary>Sizes and offsets as Python computes them: int(288·long/short), ⌊margin/2⌋, round(margin/2).</summary>
    [TestMethod]
    [DataRow("cvnets", 500, 375, 384, 288, 64L, 16L)]
    [DataRow("cvnets", 375, 500, 288, 384, 16L, 64L)]
    [DataRow("cvnets", 703, 463, 437, 288, 90L, 16L)]
    [DataRow("cvnets", 300, 300, 288, 288, 16L, 16L)]
    [DataRow("cvnets", 1, 1, 288, 288, 16L, 16L)]
    [DataRow("timm", 703, 463, 431, 284, 88L, 14L)]
    [DataRow("timm", 500, 333, 426, 284, 85L, 14L)]
    [DataRow("timm", 75, 56, 380, 284, 62L, 14L)]
    [DataRow("timm", 320, 221, 411, 284, 78L, 14L)]
    [DataRow("timm", 320, 685, 284, 607, 14L, 176L)]
    [DataRow("squash", 500, 375, 256, 256, 0L, 0L)]
    public void Sizes_and_offsets_are_Pythons(
        string preset, int width, int height, int resizedWidth, int resizedHeight, long left, long top)
    {
        var plan = CropPlan.Create(PreprocessingPresets.Get(preset), width, height);

        Assert.AreEqual(new ResizeAxis(width, resizedWidth, left, 256), plan.Horizontal);
        Assert.AreEqual(new ResizeAxis(height, resizedHeight, top, 256), plan.Vertical);
    }

    [TestMethod]
    public void The_longest_image_does_not_overflow()
    {
        var plan = CropPlan.Create(PreprocessingPresets.Get(PreprocessingPresets.Cvnets), 178_956_970, 1);

        Assert.AreEqual(51_539_607_360L, plan.Horizontal.Output);
        Assert.AreEqual(25_769_803_552L, plan.Horizontal.Offset);
    }
}
