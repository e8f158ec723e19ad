using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class DemoCommandTests
{
    [TestMethod]
    public async Task The_demo_model_names_every_picture_with_a_good_margin()
    {
        using var folder = new TemporaryFolder();
        string photos = folder.PathOf("my photos");
        CommandRun run = await CommandRun.Of("demo", photos);
        run.AssertSucceeded();
        Assert.Contains("320 pictures", run.Output);
        foreach (string next in new[] { "classify", "train", "evaluate" })
        {
            string quote = OperatingSystem.IsWindows() ? "\"" : "'";
            Assert.Contains($"mobilevit {next} {quote}{photos}{quote}", run.Output);
        }

        using var model = MobileViTModel.Load(ModelSource.DemoFile);
        CollectionAssert.AreEquivalent(model.Labels.ToArray(), Directory.GetDirectories(photos).Select(Path.GetFileName).ToArray());
        string[] paths = [.. Directory.GetFiles(photos, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.HasCount(320, paths);
        Assert.IsLessThan(4_000_000, paths.Sum(static path => new FileInfo(path).Length));
        List<string> wrong = [];
        foreach (var picture in model.Classify(paths, top: 1))
        {
            string label = Path.GetFileName(Path.GetDirectoryName(picture.Name)!);
            if (picture.Value[0].Label != label || picture.Value[0].Probability < 0.7f)
            {
                wrong.Add($"{picture.Name}: {picture.Value[0]}");
            }
        }

        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    [TestMethod]
    public void The_same_seed_draws_the_same_picture()
    {
        CollectionAssert.AreEqual(DemoPicture.Draw("red", "star", 1), DemoPicture.Draw("red", "star", 1));
        CollectionAssert.AreNotEqual(DemoPicture.Draw("red", "star", 1), DemoPicture.Draw("red", "star", 2));
    }

    [TestMethod]
    public async Task What_is_there_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("file");
        File.WriteAllText(file, "");
        (await CommandRun.Of("demo", file)).AssertRefused("is a file");
        (await CommandRun.Of("demo", folder.Root)).AssertRefused("is not empty");
        (await CommandRun.Of("demo", Path.Combine(file, "below"))).AssertRefused("below");
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Root));
    }
}
