using MlNetMobileViT.Examples;
using MlNetMobileViT.Examples.Results;

namespace MlNetMobileViT.UnitTests.Examples.Results;

[TestClass]
public sealed class ResultJournalTests
{
    private static readonly KeyValuePair<string, string>[] Settings = [new("model", "xxs"), new("top", "5")];

    private static readonly ResultRow[] Rows =
    [
        new(0, "a\nb.jpg", null, ["cat"], [0.5f]),
        ResultRow.Failure(1, "猫.jpg", "It is empty."),
        new(5, "c.jpg", null, ["dog"], [float.Epsilon]),
    ];

    [TestMethod]
    public void A_file_cut_anywhere_gives_the_whole_rows_before_the_cut_and_can_be_continued()
    {
        using var folder = new TemporaryFolder();
        string whole = folder.PathOf("whole.partial");
        Write(whole);
        byte[] bytes = File.ReadAllBytes(whole);
        int lastCount = -1;
        for (int length = 0; length <= bytes.Length; length++)
        {
            string path = folder.PathOf("cut.partial");
            File.WriteAllBytes(path, bytes[..length]);
            var found = new List<ResultRow>();
            using (var journal = ResultJournal.Resume(path, Settings, found.Add))
            {
                foreach (ResultRow row in Rows.Skip(found.Count))
                {
                    journal.Append(row);
                }

                ResultFormatTests.AssertSame(Rows, [.. journal.ReadRows()]);
            }

            ResultFormatTests.AssertSame([.. Rows.Take(found.Count)], found);
            Assert.IsGreaterThanOrEqualTo(lastCount, found.Count);
            lastCount = found.Count;
            CollectionAssert.AreEqual(bytes, File.ReadAllBytes(path));
        }

        Assert.AreEqual(Rows.Length, lastCount);
    }

    [TestMethod]
    public void A_row_that_reached_the_disk_damaged_is_not_taken()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.partial");
        Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var found = new List<ResultRow>();
        ResultJournal.Resume(path, Settings, found.Add).Dispose();
        Assert.HasCount(Rows.Length - 1, found);
    }

    [TestMethod]
    public void Other_settings_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.partial");
        Write(path);
        var error = Assert.ThrowsExactly<CommandException>(
            () => ResultJournal.Resume(path, [new("model", "xxs"), new("top", "3")], _ => { }));
        Assert.Contains("top 5, and this run has top 3", error.Message);
    }

    [TestMethod]
    public void Two_runs_cannot_write_one_journal()
    {
        using var folder = new TemporaryFolder();
        using var first = ResultJournal.Create(folder.PathOf("r.partial"), Settings);
        Assert.Contains(
            "another run",
            Assert.ThrowsExactly<CommandException>(() => ResultJournal.Resume(first.FilePath, Settings, _ => { })).Message);
    }

    private static void Write(string path)
    {
        using var journal = ResultJournal.Create(path, Settings);
        foreach (ResultRow row in Rows)
        {
            journal.Append(row);
        }
    }
}
