using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class WeightsCacheTests
{
    [TestMethod]
    [DataRow(null, null, false, false, "/home/ada/.cache/mobilevit")]
    [DataRow(null, "/xdg", false, false, "/xdg/mobilevit")]
    [DataRow(null, "relative", false, false, "/home/ada/.cache/mobilevit")]
    [DataRow(null, "", false, false, "/home/ada/.cache/mobilevit")]
    [DataRow(null, "/xdg", false, true, "/home/ada/Library/Caches/mobilevit")]
    [DataRow(null, "/xdg", true, false, "/local/mobilevit")]
    [DataRow("/chosen", "/xdg", false, false, "/chosen")]
    [DataRow("/chosen", null, true, false, "/chosen")]
    [DataRow("", null, false, false, "/home/ada/.cache/mobilevit")]
    public void The_folder_follows_the_platform_and_the_environment(
        string? chosen, string? xdg, bool isWindows, bool isMacOS, string expected)
    {
        string actual = WeightsCache.Resolve(
            name => name == WeightsCache.EnvironmentVariable ? chosen : xdg,
            folder => folder == Environment.SpecialFolder.UserProfile ? "/home/ada" : "/local",
            isWindows,
            isMacOS);
        Assert.AreEqual(expected.Replace('/', Path.DirectorySeparatorChar), actual);
    }
}
