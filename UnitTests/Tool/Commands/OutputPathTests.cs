using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Nothing that a command reads is written over, however the paths are mixed up.</summary>
[TestClass]
public sealed class OutputPathTests
{
    [TestMethod]
    public async Task What_is_read_is_not_written_over()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Demo.Fill(folder.PathOf("images"), 3);
        string images = folder.PathOf("images");
        string labels = folder.PathOf("labels.html");
        string model = folder.PathOf("model.html");
        string oddImage = folder.PathOf("images", "odd.csv");
        File.WriteAllText(labels, "file,label\n");
        File.Copy(ModelSource.DemoFile, model);
        File.Copy(Demo.Samples[0], oddImage);
        File.CreateSymbolicLink(folder.PathOf("link.html"), model);
        string[] before = Contents(folder.Root);

        (await CommandRun.Of("classify", images, "--report", paths[0])).AssertRefused("--report", ".html");
        (await CommandRun.Of("similar", paths[0], images, "--report", paths[0])).AssertRefused("--report", ".html");
        (await CommandRun.Of("train", images, "-o", paths[1])).AssertRefused("--output", ".zip");
        (await CommandRun.Of("train", images, "-o", folder.PathOf("t.zip"), "--report", folder.PathOf("t.zip"))).AssertRefused(".html");
        (await CommandRun.Of("classify", images, "--model", model, "--report", model)).AssertRefused("is read by this command");
        (await CommandRun.Of("classify", images, "--model", model, "--report", folder.PathOf("link.html")))
            .AssertRefused("is read by this command");
        (await CommandRun.Of("evaluate", images, "--labels", labels, "--report", labels)).AssertRefused("is read by this command");
        (await CommandRun.Of("classify", oddImage, "--output", oddImage)).AssertRefused("is one of the inputs");

        CollectionAssert.AreEqual(before, Contents(folder.Root));
    }

    [TestMethod]
    public async Task A_link_is_written_through_and_a_neighbour_left_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("real.csv"), "old");
        File.WriteAllText(folder.PathOf("real.csv.tmp"), "precious");
        File.CreateSymbolicLink(folder.PathOf("link.csv"), folder.PathOf("real.csv"));

        CommandRun run = await CommandRun.Of("classify", Demo.Samples[0], "--output", folder.PathOf("link.csv"));

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsNotNull(new FileInfo(folder.PathOf("link.csv")).LinkTarget);
        Assert.StartsWith("path,error", await File.ReadAllTextAsync(folder.PathOf("real.csv")));
        Assert.AreEqual("precious", await File.ReadAllTextAsync(folder.PathOf("real.csv.tmp")));
    }

    private static string[] Contents(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(static file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
