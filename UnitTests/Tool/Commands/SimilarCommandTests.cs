using System.Globalization;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary><c>index</c>, and <c>similar</c> with many queries, an index, or duplicates.</summary>
[TestClass]
public sealed class SimilarCommandTests
{
    [TestMethod]
    public async Task Many_queries_have_the_answers_that_each_has_alone_and_those_that_fail_have_a_row()
    {
        using var folder = new TemporaryFolder();
        string cache = folder.PathOf("cache");
        Demo.Fill(folder.PathOf("images"), 6);
        string[] queries = Demo.Fill(folder.PathOf("queries"), 3);
        string broken = folder.PathOf("queries", "00.jpg");
        File.WriteAllText(broken, "");
        string output = folder.PathOf("nearest.csv");
        string report = folder.PathOf("nearest.html");
        CommandRun many = await CommandRun.Of(
            "similar", folder.PathOf("queries"), folder.PathOf("images"), "-k", "2", "-o", output, "--report", report, "--cache", cache);
        Assert.AreEqual(1, many.ExitCode, many.Error);
        Assert.HasCount(2, many.Error.Split(broken), "said once");
        string[] rows = await File.ReadAllLinesAsync(output);
        Assert.HasCount(1 + 1 + (2 * queries.Length), rows);
        Assert.StartsWith($"{broken},", rows[1]);
        Assert.Contains("it is empty", rows[1]);
        for (int i = 0; i < queries.Length; i++)
        {
            string one = folder.PathOf("one.csv");
            CommandRun alone = await CommandRun.Of("similar", queries[i], folder.PathOf("images"), "-k", "2", "-o", one, "--cache", cache);
            Assert.AreEqual(0, alone.ExitCode, alone.Error);
            CollectionAssert.AreEqual(File.ReadAllLines(one)[1..], rows[(2 + (2 * i))..(4 + (2 * i))]);
        }

        string page = await File.ReadAllTextAsync(report);
        Assert.HasCount(queries.Length, page.Split("panel query").Skip(1).ToArray());
        Assert.HasCount(2 * queries.Length, page.Split("<article").Skip(1).ToArray());
        Assert.Contains("id=\"failures\"", page);
    }

    [TestMethod]
    public async Task A_folder_alone_is_compared_with_itself_and_a_list_may_come_from_standard_input()
    {
        using var folder = new TemporaryFolder();
        string[] images = Demo.Fill(folder.PathOf("images"), 3);
        string cache = folder.PathOf("cache");
        CommandRun run = await CommandRun.Of("similar", folder.PathOf("images"), "--cache", cache);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.HasCount(3, run.Lines.Where(line => line.StartsWith("Like ", StringComparison.Ordinal)));
        Assert.HasCount(6, run.Lines.Where(line => line.StartsWith(folder.PathOf("images"), StringComparison.Ordinal)));

        CommandRun listed = await CommandRun.Of(["similar", "-", folder.PathOf("images"), "--cache", cache], string.Join('\n', images));
        Assert.AreEqual(run.Output, listed.Output);
        CommandRun single = await CommandRun.Of("similar", folder.PathOf("images", "00*.jpg"), images[0], "--cache", cache, "-o", folder.PathOf("s.csv"));
        Assert.AreEqual(1, single.ExitCode, single.Error);
        Assert.Contains($"{images[0]},There is no other image to compare it with.,,,", await File.ReadAllTextAsync(folder.PathOf("s.csv")));
    }

    [TestMethod]
    public async Task An_index_answers_as_the_folder_does_and_is_added_to()
    {
        using var folder = new TemporaryFolder();
        string cache = folder.PathOf("cache");
        string index = folder.PathOf("photos.index");
        string photos = folder.PathOf("images");
        string[] images = Demo.Fill(photos, 5);
        string broken = folder.PathOf("images", "broken.jpg");
        File.WriteAllText(broken, "");

        CommandRun first = await Index(photos, index);
        Assert.AreEqual(1, first.ExitCode, first.Error);
        Assert.Contains("5 images; 5 new, 0 changed, 0 as before, 0 taken out, 1 failed", first.Output);
        Assert.Contains(broken, first.Error);

        CommandRun byFolder = await CommandRun.Of("similar", images[1], photos, "--cache", cache);
        CommandRun byIndex = await CommandRun.Of("similar", images[1], "--index", index, "--cache", cache);
        Assert.AreEqual(0, byIndex.ExitCode, byIndex.Error);
        Assert.AreEqual(byFolder.Output, byIndex.Output);
        // Nothing is to be computed, so that no model is loaded.
        Assert.AreEqual("", byIndex.Error);
        CommandRun exact = await CommandRun.Of("similar", images[1], "--index", index, "--exact");
        Assert.AreEqual(byIndex.Output, exact.Output);
        CommandRun outside = await CommandRun.Of("similar", Demo.Samples[5], "--index", index, "--cache", cache, "-k", "1");
        CommandRun outsideByFolder = await CommandRun.Of("similar", Demo.Samples[5], photos, "--cache", cache, "-k", "1");
        Assert.AreEqual(outsideByFolder.Output, outside.Output);

        // One new, one that is another image now, one gone, one broken still.
        File.Copy(Demo.Samples[5], folder.PathOf("images", "new.jpg"));
        File.Copy(Demo.Samples[0], images[2], overwrite: true);
        File.SetLastWriteTimeUtc(images[2], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.Delete(images[4]);
        CommandRun second = await Index(photos, index);
        Assert.Contains("6 images; 1 new, 1 changed, 3 as before, 0 taken out, 1 failed", second.Output);
        Assert.Contains(images[4], second.Error);
        Assert.Contains("--prune", second.Error);
        File.Delete(broken);
        File.WriteAllText(images[3], "");
        CommandRun third = await Index(photos, index, "--prune");
        // What cannot be read any more is not found as what it was.
        Assert.Contains("4 images; 0 new, 0 changed, 4 as before, 1 taken out, 1 failed", third.Output);
        Assert.AreEqual(1, third.ExitCode);

        CommandRun now = await CommandRun.Of("similar", images[0], "--index", index);
        string[] found = [.. now.Lines[1..].Select(line => line.Split("  ")[0])];
        CollectionAssert.AreEquivalent(new[] { images[1], images[2], folder.PathOf("images", "new.jpg") }, found);
        Assert.AreEqual(images[2], found[0]);
        Assert.EndsWith("1.0000", now.Lines[1]);

        Task<CommandRun> Index(params string[] more) => CommandRun.Of(["index", more[0], "--output", more[1], "--cache", cache, .. more[2..]], "");
    }

    [TestMethod]
    public async Task The_layer_of_an_index_is_kept_and_another_is_refused()
    {
        using var folder = new TemporaryFolder();
        string[] images = Demo.Fill(folder.PathOf("images"), 3);
        string index = folder.PathOf("index");
        CommandRun made = await CommandRun.Of("index", folder.PathOf("images"), "-o", index, "--layer", "logits");
        Assert.AreEqual(0, made.ExitCode, made.Error);
        CommandRun again = await CommandRun.Of("index", folder.PathOf("images"), "-o", index);
        Assert.Contains("3 as before", again.Output);
        CommandRun similar = await CommandRun.Of("similar", Demo.Samples[4], "--index", index, "--cache", folder.PathOf("cache"));
        CommandRun byFolder = await CommandRun.Of(
            "similar", Demo.Samples[4], folder.PathOf("images"), "--layer", "logits", "--cache", folder.PathOf("cache"));
        Assert.AreEqual(byFolder.Output, similar.Output);

        (await CommandRun.Of("index", folder.PathOf("images"), "-o", index, "--layer", "features")).AssertRefused("made with layer logits", "layer features");
        (await CommandRun.Of("similar", images[0], "--index", index, "--layer", "features")).AssertRefused("made with layer logits");
        (await CommandRun.Of("similar", "--duplicates", "--index", index, "--layer", "features")).AssertRefused("made with layer logits");
    }

    [TestMethod]
    [DataRow(".csv")]
    [DataRow(".jsonl")]
    [DataRow(".parquet")]
    public async Task Duplicates_of_a_folder_are_grouped_with_every_image_once(string extension)
    {
        using var folder = new TemporaryFolder();
        string photos = folder.PathOf("images");
        string[] images = Demo.Fill(photos, 9);
        string broken = folder.PathOf("images", "004a.jpg");
        File.WriteAllText(broken, "");
        string output = folder.PathOf("groups" + extension);
        string report = folder.PathOf("groups.html");
        string cache = folder.PathOf("cache");
        CommandRun run = await CommandRun.Of("similar", "--duplicates", photos, "-o", output, "--report", report, "--cache", cache);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("3 groups of nearly the same images: 6 of 9.", run.Output);

        var (schema, rows) = ResultFormat.Of(output).Read(output);
        Assert.AreEqual(ResultKind.Duplicates, schema.Kind);
        ResultRow[] read = [.. rows];
        string[] listed = [.. images.Append(broken).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(listed, read.Select(row => row.Path).ToArray());
        Assert.Contains("it is empty", read.Single(row => row.Path == broken).Error!);
        foreach (ResultRow row in read.Where(row => row.Error is null))
        {
            int number = int.Parse(Path.GetFileNameWithoutExtension(row.Path), CultureInfo.InvariantCulture);
            Assert.AreEqual((number % 6) + 1, row.Numbers[1], row.Path);
            Assert.AreEqual(number % 6 < 3 ? 2 : 1, row.Numbers[2], row.Path);
            Assert.AreEqual(1, row.Numbers[0], 1e-6);
        }

        string page = await File.ReadAllTextAsync(report);
        Assert.HasCount(6, page.Split("<article").Skip(1).ToArray());
        Assert.HasCount(3, page.Split("<h2>Group ").Skip(1).ToArray());
        Assert.Contains("id=\"failures\"", page);

        await CommandRun.Of("index", photos, "-o", folder.PathOf("index"), "--cache", cache);
        CommandRun ofIndex = await CommandRun.Of("similar", "--duplicates", "--index", folder.PathOf("index"));
        CommandRun shown = await CommandRun.Of("similar", "--duplicates", photos, "--cache", cache);
        Assert.AreEqual(0, ofIndex.ExitCode, ofIndex.Error);
        Assert.AreEqual(shown.Output, ofIndex.Output);
        CommandRun none = await CommandRun.Of("similar", "--duplicates", images[0], images[1], "--threshold", "1", "--cache", cache);
        Assert.Contains("No two of 2 images", none.Output);
    }

    [TestMethod]
    public async Task What_does_not_belong_together_is_refused()
    {
        using var folder = new TemporaryFolder();
        string image = Demo.Samples[0];
        string photos = Path.GetDirectoryName(image)!;
        (await CommandRun.Of("similar")).AssertRefused("Name the image", "--index", "--duplicates");
        (await CommandRun.Of("similar", image)).AssertRefused($"what to compare '{image}' with");
        (await CommandRun.Of("similar", "--duplicates")).AssertRefused("Name the images");
        (await CommandRun.Of("similar", image, photos, "--index", photos)).AssertRefused("name one of them");
        (await CommandRun.Of("similar", image, photos, "--exact")).AssertRefused("--exact belongs to --index");
        (await CommandRun.Of("similar", image, photos, "--threshold", "0.9")).AssertRefused("--threshold belongs to --duplicates");
        (await CommandRun.Of("similar", "--duplicates", photos, "-k", "3")).AssertRefused("--top does not belong");
        (await CommandRun.Of("similar", "--duplicates", photos, "--threshold", "1.5")).AssertRefused("--threshold 1.5");
        (await CommandRun.Of("similar", "--duplicates", photos, "--threshold", "NaN")).AssertRefused("--threshold NaN");
        (await CommandRun.Of("similar", image, photos, "-k", "0")).AssertRefused("--top 0");
        (await CommandRun.Of("similar", image, "--index", folder.PathOf("none"))).AssertRefused("is not an index");
        (await CommandRun.Of("similar", "-", "-")).AssertRefused("'-' once");
        (await CommandRun.Of("similar", folder.Root, photos)).AssertRefused("no image in");
        (await CommandRun.Of("similar", folder.PathOf("none", "*.jpg"), photos)).AssertRefused("no folder");
        (await CommandRun.Of("index", photos, "-o", photos)).AssertRefused("other things");
        (await CommandRun.Of("index", folder.Root, "-o", folder.PathOf("index"))).AssertRefused("no image in");
        Assert.IsFalse(Directory.Exists(folder.PathOf("index")));
        (await CommandRun.Of("index", photos)).AssertRefused("--output");
    }

    [TestMethod]
    public async Task A_stopped_run_keeps_what_it_has_added()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 12);
        string index = folder.PathOf("index");
        using var cancellation = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StringWriter();
        Task<int> run = MobileViTCommandLine.RunAsync(
            ["index", folder.PathOf("images"), "-o", index, "--threads", "1"], new Terminal(TextReader.Null, output, error), cancellation.Token);
        while (!run.IsCompleted && (!File.Exists(Path.Combine(index, "features")) || new FileInfo(Path.Combine(index, "features")).Length == 0))
        {
            await Task.Delay(1);
        }

        await cancellation.CancelAsync();
        int stopped = await run;
        Assert.IsTrue(stopped is ExitCodes.Stopped or ExitCodes.Success, error.ToString());
        CommandRun second = await CommandRun.Of("index", folder.PathOf("images"), "-o", index);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        StringAssert.Matches(second.Output, new("12 images; [0-9]+ new, 0 changed, [1-9][0-9]* as before"));
    }
}
