using System.Diagnostics;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>The cache of features saves time and nothing else.</summary>
[TestClass]
public sealed class FeatureCacheTests
{
    private const int Images = 12;

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task A_disk_that_fills_up_ends_the_cache_and_not_the_run()
    {
        using var folder = new TemporaryFolder();
        string cache = folder.PathOf("cache");
        Demo.Fill(folder.PathOf("images"), Images);
        string[] arguments = ["similar", Demo.Samples[2], folder.PathOf("images"), "-k", "3", "--cache", cache];

        // Files of this process cannot grow beyond 4 or 8 kB, depending on the shell: enough for the first rows only. The signal
        // that would end it is ignored, so that the write fails as on a full disk.
        var start = new ProcessStartInfo(
            "sh",
            ["-c", "trap '' XFSZ; ulimit -f 8; exec dotnet exec \"$@\"", "sh", Path.Combine(AppContext.BaseDirectory, "MlNetMobileViT.Tool.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The runtime maps its code through a file where it can.
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.AreEqual(0, process.ExitCode, await error);
        Assert.HasCount(2, (await error).Split("not kept for the next run"), await error);
        // What was kept before is whole, and used; the rest is computed again, to the same numbers.
        CommandRun next = await CommandRun.Of(arguments);
        Assert.AreEqual(0, next.ExitCode, next.Error);
        StringAssert.Matches(next.Error, new($"note: [1-9] of {Images + 1} images were featurized before"));
        Assert.AreEqual(output, next.Output);
    }

    [TestMethod]
    [DataRow(40, 1, DisplayName = "the settings")]
    [DataRow(3000, 1, DisplayName = "a row")]
    [DataRow(0, 100_000, DisplayName = "everything")]
    public async Task A_damaged_file_costs_time_and_nothing_else(int from, int count)
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), Images);
        string[] arguments =
        [
            "similar", Demo.Samples[2], folder.PathOf("images"), "-k", "3", "--cache", folder.PathOf("cache"),
        ];
        CommandRun first = await CommandRun.Of(arguments);
        string file = Directory.GetFiles(folder.PathOf("cache", "features"), "*.features").Single();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(from, Math.Min(count, bytes.Length - from)).Fill(0xA5);
        await File.WriteAllBytesAsync(file, bytes);

        CommandRun second = await CommandRun.Of(arguments);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        Assert.AreEqual(first.Output, second.Output);
    }

    [TestMethod]
    public void Numbers_that_are_none_are_not_taken_from_the_file()
    {
        using var folder = new TemporaryFolder();
        using var error = new StringWriter();
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, error);
        using (FeatureCache cache = Open())
        {
            cache.Add("good", new ResultRow(0, "a.jpg", null, [], [1, 2]));
            cache.Add("bad", new ResultRow(1, "b.jpg", null, [], [1, float.NaN]));
        }

        using FeatureCache again = Open();
        CollectionAssert.AreEqual(new float[] { 1, 2 }, again.Find("good"));
        Assert.IsNull(again.Find("bad"));
        Assert.AreEqual("", error.ToString());

        FeatureCache Open() => new(terminal, folder.PathOf("cache"), [new("model", "m")]);
    }

    [TestMethod]
    public void What_one_run_writes_another_reads_meanwhile()
    {
        using var folder = new TemporaryFolder();
        using var error = new StringWriter();
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, error);
        using FeatureCache writer = Open();
        writer.Add("first", new ResultRow(0, "a.jpg", null, [], [1, 2]));
        Assert.AreEqual("", error.ToString());
        using (FeatureCache reader = Open())
        {
            CollectionAssert.AreEqual(new float[] { 1, 2 }, reader.Find("first"));
            Assert.Contains("another run keeps features there now", error.ToString());
            reader.Add("of the reader", new ResultRow(1, "b.jpg", null, [], [3, 4]));
            writer.Add("second", new ResultRow(1, "b.jpg", null, [], [5, 6]));
        }

        writer.Dispose();
        using FeatureCache next = Open();
        CollectionAssert.AreEqual(new float[] { 5, 6 }, next.Find("second"));
        Assert.IsNull(next.Find("of the reader"));

        FeatureCache Open() => new(terminal, folder.PathOf("cache"), [new("model", "m")]);
    }
}
