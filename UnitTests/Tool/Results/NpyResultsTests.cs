using System.Text;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Features for NumPy: the array is what <c>numpy.load</c> takes, and the table beside it says whose rows they are.</summary>
[TestClass]
public sealed class NpyResultsTests
{
    private static readonly ResultRow[] Rows =
    [
        new(0, "a, b.jpg", null, [], [0.5f, -1, 3]),
        ResultRow.Failure(1, "b.jpg", "It is empty."),
    ];

    [TestMethod]
    public async Task The_bytes_are_those_that_numpy_writes()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = await File.ReadAllBytesAsync(await WriteAsync(folder));
        // numpy.save of numpy.array([[0.5, -1, 3], [nan] * 3], dtype=numpy.float32), by NumPy 2.
        string head = "\u0093NUMPY\u0001\0v\0" + "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117) + "\n";
        CollectionAssert.AreEqual(Encoding.Latin1.GetBytes(head), bytes[..128]);
        byte[] numbers = [0, 0, 0, 0x3F, 0, 0, 0x80, 0xBF, 0, 0, 0x40, 0x40];
        CollectionAssert.AreEqual(numbers, bytes[128..140]);
        Assert.HasCount(128 + 24, bytes);
        Assert.IsTrue(Enumerable.Range(0, 3).All(i => float.IsNaN(BitConverter.ToSingle(bytes, 140 + (4 * i)))));
        Assert.AreEqual("path,error\n\"a, b.jpg\",\nb.jpg,It is empty.\n", await File.ReadAllTextAsync(folder.PathOf("f.paths.csv")));
    }

    [TestMethod]
    public async Task What_is_written_is_read_back_and_what_does_not_fit_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = await WriteAsync(folder);
        var (schema, rows) = ResultFormat.Of(path).Read(path);
        Assert.AreEqual(3, schema.Width);
        ResultFormatTests.AssertSame(Rows, [.. rows]);

        await File.AppendAllTextAsync(folder.PathOf("f.paths.csv"), "c.jpg,\n");
        Refuse("has 2 rows, and 'f.paths.csv' 3");
        File.Delete(folder.PathOf("f.paths.csv"));
        Refuse("has no 'f.paths.csv' beside it");
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..^1]);
        Refuse("not a readable .npy file");

        void Refuse(string sentence) => Assert.Contains(
            sentence, Assert.ThrowsExactly<InvalidDataException>(() => ResultFormat.Of(path).Read(path).Rows.Count()).Message);
    }

    [TestMethod]
    public async Task The_command_writes_both_files_and_resume_wants_both_unchanged()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 3);
        File.WriteAllText(folder.PathOf("images", "broken.jpg"), "");
        string npy = folder.PathOf("f.npy");
        string[] arguments = ["features", folder.PathOf("images"), "-o", npy];
        CommandRun run = await CommandRun.Of(arguments);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("f.paths.csv", run.Output);
        string csv = folder.PathOf("f.csv");
        Assert.AreEqual(1, (await CommandRun.Of("features", folder.PathOf("images"), "-o", csv)).ExitCode);
        ResultFormatTests.AssertSame([.. ResultFormat.Of(csv).Read(csv).Rows], [.. ResultFormat.Of(npy).Read(npy).Rows]);

        Assert.Contains("complete already", (await CommandRun.Of([.. arguments, "--resume"])).Error);
        await File.AppendAllTextAsync(folder.PathOf("f.paths.csv"), "x,\n");
        (await CommandRun.Of([.. arguments, "--resume"])).AssertRefused("f.paths.csv", "was changed");
        (await CommandRun.Of("features", folder.PathOf("f.paths.csv"), "-o", npy)).AssertRefused("is one of the inputs");
    }

    [TestMethod]
    public async Task Shards_are_joined_with_their_paths()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 6);
        foreach (string shard in new[] { "1", "2" })
        {
            Assert.AreEqual(0, (await CommandRun.Of(
                "features", folder.PathOf("images"), "-o", folder.PathOf($"{shard}.npy"), "--shard", $"{shard}/2")).ExitCode);
        }

        Assert.AreEqual(0, (await CommandRun.Of("features", folder.PathOf("images"), "-o", folder.PathOf("whole.npy"))).ExitCode);
        CommandRun merge = await CommandRun.Of("merge", folder.PathOf("1.npy"), folder.PathOf("2.npy"), "-o", folder.PathOf("merged.npy"));
        Assert.AreEqual(0, merge.ExitCode, merge.Error);
        foreach (string extension in new[] { ".npy", ".paths.csv" })
        {
            CollectionAssert.AreEqual(
                await File.ReadAllBytesAsync(folder.PathOf("whole" + extension)), await File.ReadAllBytesAsync(folder.PathOf("merged" + extension)));
        }
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder)
    {
        string path = folder.PathOf("f.npy");
        await ResultFormat.WriteBesideAsync(path, Rows, CancellationToken.None);
        await using FileStream stream = File.Create(path);
        await ResultFormat.Of(path).WriteAsync(stream, new ResultSchema(ResultKind.Features, 3), Rows, CancellationToken.None);
        return path;
    }
}
