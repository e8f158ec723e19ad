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
    public async Task Pages_of_other_commands_have_the_same_maps_when_asked_and_the_same_results()
    {
        using var folder = new TemporaryFolder();
        foreach (string sample in Demo.Samples)
        {
            string label = Path.GetFileNameWithoutExtension(sample).Replace('_', ' ');
            Directory.CreateDirectory(folder.PathOf("photos", label));
            File.Copy(sample, folder.PathOf("photos", label, "a.jpg"));
            File.WriteAllText(folder.PathOf("photos", label, "broken.jpg"), "no picture");
        }

        string[] images = [folder.PathOf("photos"), "--recursive", "--quiet"];
        await CommandRun.Of(["classify", .. images, "-o", folder.PathOf("plain.csv"), "--report", folder.PathOf("plain.html")], "");
        CommandRun classified = await CommandRun.Of(
            ["classify", .. images, "-o", folder.PathOf("maps.csv"), "--report", folder.PathOf("maps.html"), "--activations", "--threads", "1"], "");
        Assert.AreEqual(1, classified.ExitCode, classified.Error);
        Assert.AreEqual(File.ReadAllText(folder.PathOf("plain.csv")), File.ReadAllText(folder.PathOf("maps.csv")));
        await CommandRun.Of("evaluate", folder.PathOf("photos"), "--report", folder.PathOf("evaluation.html"), "--activations");
        await CommandRun.Of("explain", folder.PathOf("photos"), "--recursive", "--report", folder.PathOf("explained.html"));

        var explained = MapsOf("explained.html");
        Assert.HasCount(Demo.Samples.Length, explained);
        Assert.IsTrue(explained.Values.All(map => map is { Length: > 100 }));
        foreach (string page in new[] { "maps.html", "evaluation.html" })
        {
            var maps = MapsOf(page);
            CollectionAssert.AreEquivalent(explained.Keys, maps.Keys);
            Assert.IsTrue(maps.All(map => map.Value == explained[map.Key]), page);
        }

        Assert.IsTrue(MapsOf("plain.html").Values.All(map => map is null));
        Assert.DoesNotContain("id=\"activations\"", await File.ReadAllTextAsync(folder.PathOf("plain.html")));
        foreach (string command in new[] { "classify", "evaluate" })
        {
            (await CommandRun.Of(command, folder.PathOf("photos"), "--activations")).AssertRefused("--activations needs a --report");
        }

        Dictionary<string, string?> MapsOf(string page) => ReportData.PicturesOf(File.ReadAllText(folder.PathOf(page)))
            .ToDictionary(picture => picture[0].GetString()!, picture => picture.GetArrayLength() > 6 ? picture[6].GetString() : null);
    }

    [TestMethod]
    public async Task Limits_on_images_hold_for_maps_too()
    {
        CommandRun run = await CommandRun.Of("explain", Demo.Samples[0], "--max-pixels", "100");
        Assert.AreEqual(1, run.ExitCode);
        Assert.Contains("100", run.Output + run.Error);
        (await CommandRun.Of("explain", Demo.Samples[0], "--threads", "0")).AssertRefused("--threads 0");
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
