using MlNetMobileViT.Conversion;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>What a finished run says of itself: to --resume, and to merge.</summary>
[TestClass]
public sealed class FinishedRunTests
{
    [TestMethod]
    public async Task Resuming_a_finished_run_makes_the_checks_of_the_run_and_has_its_exit_code()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        string[] paths = Demo.Fill(images, 3);
        File.WriteAllText(Path.Combine(images, "bad.jpg"), "");
        string csv = folder.PathOf("r.csv");
        string[] run = ["classify", images, "-q", "-o", csv];
        Assert.AreEqual(1, (await CommandRun.Of(run)).ExitCode);
        string before = await File.ReadAllTextAsync(csv);

        CommandRun again = await CommandRun.Of([.. run, "--resume"]);
        Assert.AreEqual(1, again.ExitCode, again.Error);
        Assert.Contains("4 images, 1 failed", again.Error);
        (await CommandRun.Of([.. run, "--resume", "--top", "2"])).AssertRefused("top 5", "top 2");
        (await CommandRun.Of([.. run, "--resume", "--max-pixels", "5"])).AssertRefused("max-pixels");
        (await CommandRun.Of([.. run, "--resume", "--shard", "1/2"])).AssertRefused("shard 1/1", "shard 1/2");

        // The same number of others.
        File.Move(paths[0], Path.Combine(images, "zzz.jpg"));
        (await CommandRun.Of([.. run, "--resume"])).AssertRefused("4 inputs", "not the same");
        File.Move(Path.Combine(images, "zzz.jpg"), paths[0]);
        Assert.AreEqual(before, await File.ReadAllTextAsync(csv));

        (await CommandRun.Of([.. run, "--resume", "--csv-bom"])).AssertRefused("--csv-bom");

        // An output that was edited since, and one of which nothing is known.
        await File.AppendAllTextAsync(csv, "x");
        (await CommandRun.Of([.. run, "--resume"])).AssertRefused("was changed");
        File.Delete(csv + ".run.json");
        CommandRun anew = await CommandRun.Of([.. run, "--resume"]);
        Assert.AreEqual(1, anew.ExitCode, anew.Error);
        Assert.Contains("made anew", anew.Error);
        Assert.AreEqual(before, await File.ReadAllTextAsync(csv));
    }

    [TestMethod]
    public async Task A_report_that_is_missing_is_made_from_the_rows_that_are_there()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 3);
        string[] run = ["classify", folder.PathOf("images"), "-q", "-o", folder.PathOf("r.csv"), "--report", folder.PathOf("r.html")];
        Assert.AreEqual(0, (await CommandRun.Of(run)).ExitCode);
        string page = await PageWithoutFoot();
        File.Delete(folder.PathOf("r.html"));
        Assert.AreEqual(0, (await CommandRun.Of([.. run, "--resume"])).ExitCode);
        Assert.AreEqual(page, await PageWithoutFoot());

        // A page does not say what it was made of, so one that is there is no better than none.
        await File.WriteAllTextAsync(folder.PathOf("r.html"), "of another run");
        Assert.AreEqual(0, (await CommandRun.Of([.. run, "--resume"])).ExitCode);
        Assert.AreEqual(page, await PageWithoutFoot());

        // The foot has the date and the command line.
        async Task<string> PageWithoutFoot() => (await File.ReadAllTextAsync(folder.PathOf("r.html"))).Split("<footer>")[0];
    }

    [TestMethod]
    public async Task What_is_written_beside_the_output_is_no_input_either()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Demo.Fill(folder.PathOf("images"), 2);
        byte[] before = await File.ReadAllBytesAsync(paths[0]);
        File.CreateSymbolicLink(folder.PathOf("v.csv.run.json"), paths[0]);
        (await CommandRun.Of("classify", folder.PathOf("images"), "-q", "-o", folder.PathOf("v.csv"))).AssertRefused("is one of the inputs");
        CollectionAssert.AreEqual(before, await File.ReadAllBytesAsync(paths[0]));
        Directory.CreateDirectory(folder.PathOf("w.csv.run.json"));
        (await CommandRun.Of("classify", folder.PathOf("images"), "-q", "-o", folder.PathOf("w.csv"))).AssertRefused("w.csv.run.json", "folder");
    }

    [TestMethod]
    public async Task Merge_refuses_shards_of_lists_in_different_orders()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Demo.Fill(folder.PathOf("images"), 8);
        // The same first one, which the keys are relative to, in either order.
        string[] lists = [string.Join('\n', paths), string.Join('\n', paths.Take(1).Concat(paths.Skip(1).Reverse()))];
        string[] shards = [folder.PathOf("1.csv"), folder.PathOf("2.csv")];
        for (int i = 0; i < shards.Length; i++)
        {
            Assert.AreEqual(0, (await CommandRun.Of(["classify", "-", "-q", "-o", shards[i], "--shard", $"{i + 1}/2"], lists[i])).ExitCode);
        }

        (await CommandRun.Of("merge", shards[0], shards[1], "-o", folder.PathOf("all.csv"))).AssertRefused("inputs changed");
    }

    [TestMethod]
    [DataRow("\"inputs_digest\": \"", "\"inputs_digest\": null, \"x\": \"")]
    [DataRow("\"inputs_digest\": \"", "\"inputs_digest\": \"00000000ff")]
    [DataRow("\"settings\": {", "\"settings\": null, \"x\": {")]
    [DataRow("\"positions\": \"", "\"positions\": \"/w==\", \"x\": \"")]
    [DataRow("\"shards\": 1", "\"shards\": 0")]
    [DataRow("\"rows\": 2", "\"rows\": 3")]
    public async Task A_manifest_that_is_none_is_one_sentence(string what, string instead)
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 2);
        string csv = folder.PathOf("r.csv");
        string[] run = ["classify", folder.PathOf("images"), "-q", "-o", csv];
        Assert.AreEqual(0, (await CommandRun.Of(run)).ExitCode);
        string json = await File.ReadAllTextAsync(csv + ".run.json");
        Assert.Contains(what, json);
        await File.WriteAllTextAsync(csv + ".run.json", json.Replace(what, instead, StringComparison.Ordinal));
        (await CommandRun.Of([.. run, "--resume"])).AssertRefused("r.csv");
        (await CommandRun.Of("merge", csv, "-o", folder.PathOf("all.csv"))).AssertRefused("r.csv");
    }

    [TestMethod]
    public async Task Merge_takes_no_shard_whose_run_did_not_end()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 8);
        string[] shards = [folder.PathOf("1.csv"), folder.PathOf("2.csv")];
        string[] merge = ["merge", .. shards, "-o", folder.PathOf("all.csv")];
        await ShardAsync(folder.PathOf("images"), shards);
        File.WriteAllText(shards[1] + ".partial", "");
        (await CommandRun.Of(merge)).AssertRefused("2.csv.partial");
        File.Delete(shards[1] + ".partial");

        // The run of another model ended, but for its manifest: the old one stands beside the new output.
        byte[] manifest = await File.ReadAllBytesAsync(shards[1] + ".run.json");
        await CommandRun.Of("classify", folder.PathOf("images"), "-q", "-o", shards[1], "--shard", "2/2", "--top", "4");
        await File.WriteAllBytesAsync(shards[1] + ".run.json", manifest);
        (await CommandRun.Of(merge)).AssertRefused("2.csv", "2.csv.run.json");
        Assert.IsFalse(File.Exists(folder.PathOf("all.csv")));
    }

    [TestMethod]
    public async Task An_output_that_cannot_be_renamed_leaves_no_manifest_that_speaks_for_it()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 2);
        string csv = folder.PathOf("r.csv");
        string[] run = ["classify", folder.PathOf("images"), "-q", "-o", csv, "--shard", "1/1"];
        await CommandRun.Of(run);
        string manifest = await File.ReadAllTextAsync(csv + ".run.json");
        File.Delete(csv);
        // Appears between the check at the start and the rename at the end.
        using var source = new CancellationTokenSource();
        using var output = new ActingWriter(() => Directory.CreateDirectory(Path.Combine(csv, "full")));
        using var error = new StringWriter();
        int exitCode = await MobileViTCommandLine.RunAsync(
            [.. run.Where(argument => argument != "-q"), "--top", "3"], new(TextReader.Null, output, error), source.Token);
        Assert.AreEqual(2, exitCode, error.ToString());
        Assert.Contains("r.csv.partial", error.ToString());
        Assert.AreEqual(manifest, await File.ReadAllTextAsync(csv + ".run.json"));
        Assert.IsTrue(File.Exists(csv + ".partial"));
    }

    [TestMethod]
    public async Task Merge_does_not_write_over_a_shard_or_its_manifest_behind_a_link()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 8);
        string[] shards = [folder.PathOf("1.csv"), folder.PathOf("2.csv")];
        await ShardAsync(folder.PathOf("images"), shards);
        File.CreateSymbolicLink(folder.PathOf("link.csv"), "1.csv");
        File.CreateSymbolicLink(folder.PathOf("json.csv"), shards[1] + ".run.json");
        (await CommandRun.Of("merge", shards[0], shards[1], "-o", folder.PathOf("link.csv"))).AssertRefused("is read by this command");
        (await CommandRun.Of("merge", shards[0], shards[1], "-o", folder.PathOf("json.csv"))).AssertRefused("is read by this command");
        Assert.AreEqual(0, (await CommandRun.Of("merge", shards[0], shards[1], "-o", folder.PathOf("all.csv"))).ExitCode);
    }

    [TestMethod]
    public async Task Shards_of_one_folder_under_two_mount_points_merge()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images", "sub"), 12);
        Directory.CreateSymbolicLink(folder.PathOf("mount"), folder.PathOf("images"));
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.PathOf("images"));
        string[] mounts = [folder.PathOf("mount"), relative, folder.PathOf("images") + "/."];
        await MergeAsync(folder, mounts, mount => [mount, "-r"]);
        // Files by name, as a shell's glob gives them, and a list on standard input.
        await MergeAsync(folder, mounts, Files);
        await MergeAsync(folder, mounts, _ => ["-"], mount => string.Join('\n', Files(mount)));

        static string[] Files(string mount) => [.. Directory.GetFiles(mount + "/sub").Order(StringComparer.Ordinal)];
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Shards_merge_however_the_systems_write_accents()
    {
        using var folder = new TemporaryFolder();
        FillWithAccents(folder.PathOf("linux"), "\u00e9");
        FillWithAccents(folder.PathOf("mac"), "e\u0301");
        await MergeAsync(folder, [folder.PathOf("linux"), folder.PathOf("mac")], mount => [mount]);
    }

    private static void FillWithAccents(string folder, string accent)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < 8; i++)
        {
            File.Copy(Demo.Samples[0], Path.Combine(folder, $"{i}{accent}{i}.jpg"));
        }

        // Composed, it sorts behind the other; decomposed, before it.
        File.Copy(Demo.Samples[0], Path.Combine(folder, $"{accent}.jpg"));
        File.Copy(Demo.Samples[0], Path.Combine(folder, "f.jpg"));
    }

    private static async Task ShardAsync(string images, string[] shards)
    {
        for (int i = 0; i < shards.Length; i++)
        {
            CommandRun run = await CommandRun.Of("classify", images, "-q", "-o", shards[i], "--shard", $"{i + 1}/{shards.Length}");
            Assert.AreEqual(0, run.ExitCode, run.Error);
        }
    }

    /// <summary>Runs a shard at each mount point, and merges them.</summary>
    private static async Task MergeAsync(
        TemporaryFolder folder, string[] mounts, Func<string, string[]> arguments, Func<string, string>? input = null)
    {
        string[] shards = [.. mounts.Select((_, i) => folder.PathOf($"{i}.csv"))];
        for (int i = 0; i < mounts.Length; i++)
        {
            CommandRun run = await CommandRun.Of(
                ["classify", .. arguments(mounts[i]), "-q", "-o", shards[i], "--shard", $"{i + 1}/{mounts.Length}"],
                input?.Invoke(mounts[i]) ?? "");
            Assert.AreEqual(0, run.ExitCode, run.Error);
        }

        string merged = folder.PathOf("merged.csv");
        CommandRun merge = await CommandRun.Of(["merge", .. shards, "-o", merged]);
        Assert.AreEqual(0, merge.ExitCode, merge.Error);
        string[] names = [.. (await File.ReadAllLinesAsync(merged)).Skip(1).Select(line => Path.GetFileName(line.Split(',')[0]))];
        CollectionAssert.AreEqual(names.OrderBy(DecomposedText.Of, StringComparer.Ordinal).ToArray(), names);
        CollectionAssert.AllItemsAreUnique(names.Select(DecomposedText.Of).ToArray());
    }

    private sealed class ActingWriter(Action act) : StringWriter
    {
        private bool _acted;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (!_acted)
            {
                _acted = true;
                act();
            }
        }
    }
}
