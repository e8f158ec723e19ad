using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ClassifyCommandTests
{
    [TestMethod]
    public async Task Without_arguments_the_demo_model_names_its_samples_and_says_that_it_is_a_demo()
    {
        CommandRun run = await CommandRun.Of("classify");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("demo", run.Error);
        Assert.DoesNotContain("\t", run.Output);
        string[] rows = [.. run.Lines.Where(line => line.Contains(".jpg ", StringComparison.Ordinal))];
        CollectionAssert.AreEqual(
            Demo.Samples.Select(Path.GetFileName).ToArray(), rows.Select(row => row.Split(' ')[0]).ToArray());
        Assert.IsTrue(rows.All(row => row.Count(character => character == '%') == 5), run.Output);
        foreach (string row in rows)
        {
            string shape = Path.GetFileNameWithoutExtension(row.Split(' ')[0]).Replace('_', ' ');
            Assert.StartsWith(shape, row[row.IndexOf(' ', StringComparison.Ordinal)..].TrimStart());
        }
    }

    [TestMethod]
    public async Task Broken_images_fail_alone_and_are_named()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Demo.Samples[0], folder.PathOf("good.jpg"));
        File.WriteAllText(folder.PathOf("empty.jpg"), "");
        File.WriteAllText(folder.PathOf("text.jpg"), "not an image");
        File.CreateSymbolicLink(folder.PathOf("gone.jpg"), folder.PathOf("nowhere.jpg"));
        string csv = folder.PathOf("results.csv");
        CommandRun run = await CommandRun.Of("classify", folder.Root, "--output", csv, "--top", "2");
        Assert.AreEqual(1, run.ExitCode, run.Error);
        string[] lines = await File.ReadAllLinesAsync(csv);
        Assert.HasCount(5, lines);
        Assert.AreEqual("path,error,label_1,probability_1,label_2,probability_2", lines[0]);
        foreach (string name in new[] { "empty.jpg", "gone.jpg", "text.jpg" })
        {
            string line = lines.Single(line => line.StartsWith(folder.PathOf(name) + ",", StringComparison.Ordinal));
            Assert.EndsWith(",,,,", line);
            Assert.AreNotEqual($"{folder.PathOf(name)},,,,,", line);
        }

        Assert.Contains("3 failed", run.Output);
        Assert.IsFalse(File.Exists(csv + ".partial"));
        Assert.IsEmpty(Directory.GetFiles(folder.Root, "*.tmp"));
    }

    [TestMethod]
    public async Task A_listed_file_that_vanished_is_a_row_with_an_error()
    {
        CommandRun run = await CommandRun.Of(["classify", "-", "--top", "1"], Demo.Samples[0] + "\n/nowhere/x.jpg\n");
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("error: ", run.Lines.Single(line => line.StartsWith("/nowhere/x.jpg", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Names_in_any_script_and_with_newlines_come_through_unharmed()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "猫 é.jpg", "two\nlines.jpg", "\u001b[31mred.jpg", "<script>alert(1)<" + "%.jpg" })
        {
            File.Copy(Demo.Samples[0], folder.PathOf(name));
        }

        string csv = folder.PathOf("r.jsonl");
        CommandRun run = await CommandRun.Of("classify", folder.Root, "--output", csv);
        Assert.AreEqual(0, run.ExitCode, run.Error + run.Output);
        Assert.DoesNotContain("\u001b", run.Output);
        Assert.Contains(@"two\nlines.jpg", run.Output);
        Assert.Contains("猫 é.jpg", await File.ReadAllTextAsync(csv));
    }

    [TestMethod]
    public async Task Each_wrong_use_is_one_sentence_and_exit_code_2()
    {
        using var folder = new TemporaryFolder();
        string sample = Demo.Samples[0];
        (await CommandRun.Of("classify", folder.PathOf("nowhere"))).AssertRefused("no file or folder", "nowhere");
        (await CommandRun.Of("classify", folder.Root)).AssertRefused("no image in", folder.Root);
        (await CommandRun.Of("classify", sample, "--top", "0")).AssertRefused("--top 0");
        (await CommandRun.Of("classify", sample, "--top", "many")).AssertRefused("--top", "many");
        (await CommandRun.Of("classify", sample, "--model", "/nowhere/m.onnx")).AssertRefused("/nowhere/m.onnx");
        (await CommandRun.Of("classify", sample, "--model", sample)).AssertRefused(sample, "ONNX");
        (await CommandRun.Of("classify", sample, "--output", "x.xlsx")).AssertRefused("x.xlsx", ".csv, .jsonl, .parquet");
        (await CommandRun.Of("classify", sample, "--output", folder.PathOf("no", "x.csv"))).AssertRefused("no folder");
        (await CommandRun.Of("classify", sample, "--output", "/proc/x.csv")).AssertRefused("/proc/x.csv");
        (await CommandRun.Of("classify", sample, "--resume")).AssertRefused("--resume", "--output");
        (await CommandRun.Of("classify", sample, "--shard", "1/2")).AssertRefused("--shard", "--output");
        (await CommandRun.Of("classify", "-", "-")).AssertRefused("Standard input");
        (await CommandRun.Of("clasify")).AssertRefused("clasify");
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Root));
    }

    [TestMethod]
    public async Task A_full_disk_is_said_and_the_rows_are_kept()
    {
        using var folder = new TemporaryFolder();
        string csv = folder.PathOf("r.csv");
        File.CreateSymbolicLink(csv + ".partial", "/dev/full");
        CommandRun run = await CommandRun.Of("classify", Demo.Samples[0], "--output", csv, "--resume");
        Assert.AreEqual(2, run.ExitCode);
        Assert.StartsWith("error: ", run.Error.Split('\n').Single(line => line.Contains(".partial", StringComparison.Ordinal)));
        Assert.IsFalse(File.Exists(csv));
    }

    [TestMethod]
    public async Task Verbose_shows_where_an_error_came_from()
    {
        CommandRun run = await CommandRun.Of("classify", "/nowhere", "--verbose");
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("   at ", run.Error);
    }

    [TestMethod]
    [DataRow("classify")]
    [DataRow("merge")]
    public async Task Help_answers(string command)
    {
        CommandRun run = await CommandRun.Of(command, "--help");
        Assert.AreEqual(0, run.ExitCode);
        Assert.Contains("--output", run.Output);
    }

    [TestMethod]
    public async Task A_stopped_run_resumes_to_the_output_of_an_uninterrupted_one_without_scoring_twice()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 30);
        File.WriteAllText(folder.PathOf("images", "010x.jpg"), "broken");
        string whole = folder.PathOf("whole.csv");
        string resumed = folder.PathOf("resumed.csv");
        string[] arguments = ["classify", folder.PathOf("images"), "--output"];
        Assert.AreEqual(1, (await CommandRun.Of([.. arguments, whole])).ExitCode);

        CommandRun stopped = await StopAfterRowsAsync([.. arguments, resumed], 7);
        Assert.AreEqual(130, stopped.ExitCode, stopped.Error);
        Assert.Contains("--resume", stopped.Error);
        Assert.IsFalse(File.Exists(resumed));
        (await CommandRun.Of([.. arguments, resumed])).AssertRefused("stopped run", "--resume");
        (await CommandRun.Of([.. arguments, resumed, "--resume", "--top", "3"])).AssertRefused("top 5", "top 3");

        CommandRun run = await CommandRun.Of([.. arguments, resumed, "--resume"]);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.HasCount(31, stopped.Lines.Concat(run.Lines).Where(line => line.Contains(".jpg ", StringComparison.Ordinal)).ToArray());
        Assert.AreEqual(await File.ReadAllTextAsync(whole), await File.ReadAllTextAsync(resumed));
        Assert.IsFalse(File.Exists(resumed + ".partial"));
        Assert.Contains("complete already", (await CommandRun.Of([.. arguments, resumed, "--resume"])).Error);
    }

    [TestMethod]
    public async Task A_stopped_run_does_not_resume_with_other_inputs()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Demo.Fill(folder.PathOf("images"), 30);
        Demo.Fill(folder.PathOf("others"), 2);
        string csv = folder.PathOf("results.csv");
        Assert.AreEqual(130, (await StopAfterRowsAsync(["classify", folder.PathOf("images"), "--output", csv], 7)).ExitCode);

        (await CommandRun.Of("classify", folder.PathOf("others"), "--output", csv, "--resume"))
            .AssertRefused("are of other inputs than these", csv + ".partial");
        Assert.IsFalse(File.Exists(csv));

        // A picture that went away since then is told of, and its row stays.
        File.Delete(paths[0]);
        CommandRun run = await CommandRun.Of("classify", folder.PathOf("images"), "--output", csv, "--resume");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("are of images that are gone from the inputs", run.Error);
    }

    [TestMethod]
    [DataRow(".csv")]
    [DataRow(".jsonl")]
    [DataRow(".parquet")]
    public async Task Merged_shards_equal_a_run_without_shards(string extension)
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images", "sub"), 12);
        File.WriteAllText(folder.PathOf("images", "broken.jpg"), "");
        string whole = folder.PathOf("whole" + extension);
        string[] arguments = ["classify", folder.PathOf("images"), "-r", "--top", "2", "--quiet", "--output"];
        await CommandRun.Of([.. arguments, whole]);
        string[] shards = [.. Enumerable.Range(1, 3).Select(i => folder.PathOf($"{i}{extension}"))];
        for (int i = 0; i < 3; i++)
        {
            Assert.IsLessThan(2, (await CommandRun.Of([.. arguments, shards[i], "--shard", $"{i + 1}/3"])).ExitCode);
        }

        string merged = folder.PathOf("merged" + extension);
        CommandRun run = await CommandRun.Of(["merge", shards[2], shards[0], shards[1], "--output", merged]);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("13 inputs from 3 shards, each exactly once; 1 failed", run.Output);
        CollectionAssert.AreEqual(await File.ReadAllBytesAsync(whole), await File.ReadAllBytesAsync(merged));
    }

    [TestMethod]
    public async Task Merge_refuses_shards_that_do_not_prove_every_input_once()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        Demo.Fill(images, 8);
        string one = folder.PathOf("1.csv");
        string two = folder.PathOf("2.csv");
        string merged = folder.PathOf("merged.csv");
        await CommandRun.Of("classify", images, "-q", "-o", one, "--shard", "1/2");
        (await CommandRun.Of("merge", one, "-o", merged)).AssertRefused("Shard 2 of 2 is missing");
        (await CommandRun.Of("merge", one, one, "-o", merged)).AssertRefused("both shard 1/2");
        await CommandRun.Of("classify", images, "-q", "-o", two, "--shard", "2/2", "--top", "3");
        (await CommandRun.Of("merge", one, two, "-o", merged)).AssertRefused("top");
        await CommandRun.Of("classify", images, "-q", "-o", two, "--shard", "2/2");
        (await CommandRun.Of("merge", one, two, "-o", two)).AssertRefused("is read by this command");

        string[] lines = await File.ReadAllLinesAsync(two);
        await File.WriteAllLinesAsync(two, lines[..^1]);
        (await CommandRun.Of("merge", one, two, "-o", merged)).AssertRefused("2.csv", "was changed");
        await File.WriteAllLinesAsync(two, [.. lines, lines[^1]]);
        (await CommandRun.Of("merge", one, two, "-o", merged)).AssertRefused("2.csv", "was changed");
        await File.WriteAllLinesAsync(two, [.. lines[..^1], lines[1]]);
        (await CommandRun.Of("merge", one, two, "-o", merged)).AssertRefused("2.csv", "was changed");

        File.Copy(Demo.Samples[0], Path.Combine(images, "new.jpg"));
        await CommandRun.Of("classify", images, "-q", "-o", two, "--shard", "2/2");
        (await CommandRun.Of("merge", one, two, "-o", merged)).AssertRefused("inputs changed");
        File.Delete(two + ".run.json");
        (await CommandRun.Of("merge", one, two, "-o", merged)).AssertRefused("2.csv.run.json");
        Assert.IsFalse(File.Exists(merged));
    }

    /// <summary>Runs a command and stops it, as Ctrl+C does, once it has printed this many lines.</summary>
    private static async Task<CommandRun> StopAfterRowsAsync(string[] arguments, int rows)
    {
        using var source = new CancellationTokenSource();
        using var output = new StoppingWriter(rows, source);
        using var error = new StringWriter();
        int exitCode = await MobileViTCommandLine.RunAsync(
            arguments, new(TextReader.Null, output, error), source.Token);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    private sealed class StoppingWriter(int lines, CancellationTokenSource source) : StringWriter
    {
        private int _lines;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (++_lines == lines)
            {
                source.Cancel();
            }
        }
    }
}
