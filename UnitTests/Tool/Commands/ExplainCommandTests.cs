using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary><c>explain</c>: maps over pictures, in a folder and on a page.</summary>
[TestClass]
public sealed class ExplainCommandTests
{
    [TestMethod]
    public async Task Every_image_is_drawn_under_its_own_name_and_a_broken_one_stops_nothing()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("photos"), 2);
        Demo.Fill(folder.PathOf("photos", "more"), 1);
        File.WriteAllText(folder.PathOf("photos", "broken.jpg"), "no picture");
        string report = folder.PathOf("page.html"), output = folder.PathOf("drawn");
        CommandRun run = await CommandRun.Of("explain", folder.PathOf("photos"), "--recursive", "-o", output, "--report", report);

        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("broken.jpg", run.Output + run.Error);
        string[] drawn = Directory.GetFiles(output, "*", SearchOption.AllDirectories);
        string[] photos = Directory.GetFiles(folder.PathOf("photos"), "*.jpg", SearchOption.AllDirectories);
        CollectionAssert.AreEquivalent(
            photos.Where(static photo => !photo.EndsWith("broken.jpg", StringComparison.Ordinal))
                .Select(photo => Path.GetRelativePath(folder.PathOf("photos"), photo) + ".png").ToArray(),
            drawn.Select(file => Path.GetRelativePath(output, file)).ToArray());

        // As large as the picture; grey outside the crop, and coloured inside.
        using var before = SKBitmap.Decode(folder.PathOf("photos", "001.jpg"));
        using var after = SKBitmap.Decode(Path.Combine(output, "001.jpg.png"));
        Assert.AreEqual((before.Width, before.Height), (after.Width, after.Height));
        SKColor corner = before.GetPixel(0, 0), grey = after.GetPixel(0, 0);
        Assert.AreEqual((corner.Red * (255 - 170) / 255.0) + (96 * 170 / 255.0), grey.Red, 2);
        Assert.IsTrue(Enumerable.Range(0, after.Width).Any(x => Enumerable.Range(0, after.Height)
            .Any(y => after.GetPixel(x, y).Red - before.GetPixel(x, y).Red > 60 || before.GetPixel(x, y).Blue - after.GetPixel(x, y).Blue > 60)));

        string page = await File.ReadAllTextAsync(report);
        Assert.Contains("id=\"activations\"", page);
        Assert.Contains("Failures (1)", page);
        Assert.Contains("Content-Security-Policy", page);
    }

    [TestMethod]
    public async Task Wrong_usage_is_refused_before_any_work()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("photos"), 1);
        string photo = folder.PathOf("photos", "000.jpg"), file = folder.PathOf("file");
        File.WriteAllText(file, "");
        (await CommandRun.Of("explain", photo, "-o", file)).AssertRefused("is a file; name a folder");
        (await CommandRun.Of("explain", photo, "--report", folder.PathOf("page.txt"))).AssertRefused(".html");
        string features = folder.PathOf("features.onnx");
        File.WriteAllBytes(features, TinyModel.Build([ModelOutputs.Features], TinyModel.Labels));
        (await CommandRun.Of("explain", photo, "--model", features)).AssertRefused("has no classifier in float32");
    }

    [TestMethod]
    public async Task An_input_is_never_written_over()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("photos"), 1);
        string photo = folder.PathOf("photos", "000.jpg"), other = folder.PathOf("photos", "000.jpg.png");
        File.Copy(photo, other);
        CommandRun run = await CommandRun.Of("explain", folder.PathOf("photos"), "-o", folder.PathOf("photos"));
        Assert.AreEqual(1, run.ExitCode);
        CollectionAssert.AreEqual(await File.ReadAllBytesAsync(photo), await File.ReadAllBytesAsync(other));
    }
}
