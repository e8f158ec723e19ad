namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ScoringOptionsTests
{
    [TestMethod]
    public async Task Every_command_that_scores_takes_the_limit_of_pixels()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        string model = folder.PathOf("m.zip");
        string[] cache = ["--cache", folder.PathOf("cache")];
        Assert.AreEqual(0, (await CommandRun.Of(["train", images, "-o", model, .. cache, "--threads", "1"])).ExitCode);

        // Every image is larger than this.
        string[] few = ["--max-pixels", "10", "--threads", "2"];
        string image = folder.PathOf("images", "red", "00.png");
        foreach (string[] command in (string[][])
        [
            ["classify", image], ["predict", model, image], ["features", image, "-o", folder.PathOf("f.csv")], ["evaluate", images, "--labels", LabelsOf(folder)],
        ])
        {
            CommandRun run = await CommandRun.Of([.. command, .. few]);
            Assert.AreEqual(1, run.ExitCode, $"{command[0]}: {run.Error}");
        }

        Assert.Contains("more than the 10 that are accepted", await File.ReadAllTextAsync(folder.PathOf("f.csv")));
        string[] fresh = ["--cache", folder.PathOf("fresh")];
        (await CommandRun.Of(["train", images, "-o", model, .. fresh, .. few])).AssertRefused("0 readable images");
        (await CommandRun.Of(["similar", image, images, "-r", .. fresh, .. few])).AssertRefused("more than the 10 that are accepted");
    }

    [TestMethod]
    [DataRow("--threads", "0", "from 1 to 1024")]
    [DataRow("--threads", "-1", "from 1 to 1024")]
    [DataRow("--batch", "0", "from 1 to 1024")]
    [DataRow("--batch", "1025", "from 1 to 1024")]
    [DataRow("--device", "gpu", "cpu, or cuda: and the number of a GPU")]
    [DataRow("--device", "cuda", "such as cuda:0")]
    [DataRow("--device", "cuda:-1", "such as cuda:0")]
    [DataRow("--max-pixels", "0", "from 1 to 500000000")]
    [DataRow("--max-pixels", "500000001", "from 1 to 500000000")]
    public async Task A_number_out_of_range_is_wrong_usage(string option, string value, string range) =>
        (await CommandRun.Of("classify", Demo.Samples[0], option, value)).AssertRefused($"{option} {value}", range);

    [TestMethod]
    public async Task The_number_of_threads_changes_no_result()
    {
        using var folder = new TemporaryFolder();
        foreach (string threads in new[] { "1", "3" })
        {
            Assert.AreEqual(0, (await CommandRun.Of(["classify", .. Demo.Samples, "-q", "-o", folder.PathOf($"{threads}.csv"), "--threads", threads])).ExitCode);
        }

        Assert.AreEqual(await File.ReadAllTextAsync(folder.PathOf("1.csv")), await File.ReadAllTextAsync(folder.PathOf("3.csv")));
    }

    [TestMethod]
    public async Task Every_command_that_loads_a_model_takes_what_of_the_machine_it_may_use()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        string model = folder.PathOf("m.zip");
        string[] cache = ["--cache", folder.PathOf("cache")];
        string image = folder.PathOf("images", "red", "00.png");
        foreach (string[] command in (string[][])
        [
            ["train", images, "-o", model, .. cache], ["predict", model, image], ["classify", image, .. cache],
            ["features", image, "-o", folder.PathOf("f.csv"), .. cache], ["similar", image, images, "-r", .. cache],
            ["evaluate", images, "--labels", LabelsOf(folder), .. cache],
        ])
        {
            CommandRun run = await CommandRun.Of([.. command, "--threads", "2", "--batch", "4", "--device", "cpu"]);
            Assert.AreEqual(0, run.ExitCode, $"{command[0]}: {run.Error}");

            // Larger than any number of a GPU, so it is refused with one too; fresh features, for none need a model to be run.
            string[] onGpu = [.. command, "--device", "cuda:1000"];
            CommandRun refused = await CommandRun.Of(onGpu);
            refused.AssertRefused("cannot run on the CUDA device 1000", "Microsoft.ML.OnnxRuntime.Gpu", "or --device cpu");
            Assert.DoesNotContain(nameof(MobileViTModelOptions.FallbackToCpu), refused.Error);
        }
    }

    [TestMethod]
    public async Task A_run_goes_on_with_its_batch_only_and_with_any_threads()
    {
        using var folder = new TemporaryFolder();
        string[] run = ["classify", .. Demo.Samples, "-q", "-o", folder.PathOf("r.csv"), "--batch", "4"];
        Assert.AreEqual(0, (await CommandRun.Of(run)).ExitCode);

        Assert.AreEqual(0, (await CommandRun.Of([.. run, "--resume", "--threads", "1"])).ExitCode);
        (await CommandRun.Of([.. run[..^2], "--resume"])).AssertRefused("batch 4", "batch 1");
    }

    private static string LabelsOf(TemporaryFolder folder)
    {
        string file = folder.PathOf("labels.csv");
        File.WriteAllText(file, "file,label\nred/00.png,red star\n");
        return file;
    }
}
