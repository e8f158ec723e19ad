namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class NativeSkiaTests
{
    [TestMethod]
    public void Versions_that_do_not_belong_together_are_both_named_with_the_package_to_add()
    {
        Assert.AreEqual(
            "This application uses SkiaSharp 3.119.0, but the native library beside it is that of SkiaSharp 2.88; add the package "
            + "SkiaSharp.NativeAssets.Linux.NoDependencies 3.119.0 to its project.",
            NativeSkia.Explain(new Version(3, 119, 0, 0), new Version(88, 1), isWindows: false, isMacOS: false));
        Assert.AreEqual(
            "This application uses SkiaSharp 2.88.9, but the native library beside it is that of SkiaSharp 3.116; add the package "
            + "SkiaSharp.NativeAssets.Win32 2.88.9 to its project.",
            NativeSkia.Explain(new Version(2, 88, 9), new Version(116, 0), isWindows: true, isMacOS: false));
        Assert.AreEqual(
            "This application uses SkiaSharp 3.119.0, but there is no native library for it here; add the package "
            + "SkiaSharp.NativeAssets.macOS 3.119.0 to its project.",
            NativeSkia.Explain(new Version(3, 119, 0), native: null, isWindows: false, isMacOS: true));
    }

    [TestMethod]
    public void The_versions_of_this_repository_belong_together() => NativeSkia.ThrowIfUnusable();
}
