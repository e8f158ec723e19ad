using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

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

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_journal_that_is_damaged_while_the_run_lasts_does_not_end_in_a_short_output()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.partial");
        Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        using var journal = ResultJournal.Resume(path, Settings, _ => { });
        for (int damaged = 0; damaged < bytes.Length; damaged += 5)
        {
            Overwrite(path, damaged, (byte)(bytes[damaged] ^ 0x10));
            Assert.Contains(
                "damaged while the run lasted", Assert.ThrowsExactly<InvalidDataException>(() => journal.ReadRows().Count()).Message);
            Overwrite(path, damaged, bytes[damaged]);
        }

        Assert.AreEqual(Rows.Length, journal.ReadRows().Count());
        Shell.Run("truncate", "-s", $"{bytes.Length - 30}", path);
        Assert.ThrowsExactly<InvalidDataException>(() => journal.ReadRows().Count());
        Shell.Run("truncate", "-s", $"{bytes.Length + 30}", path);
        Assert.ThrowsExactly<InvalidDataException>(() => journal.ReadRows().Count());
    }

    [TestMethod]
    [DataRow("path,error\na.jpg,\n", "is not the file of a stopped run")]
    [DataRow("x", "is not the file of a stopped run")]
    [DataRow("MobileViT rows 2\nwhatever", "another version")]
    public void A_file_of_somebody_else_is_refused_and_left_as_it_is(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.partial");
        File.WriteAllText(path, content);
        Assert.Contains(
            reason, Assert.ThrowsExactly<CommandException>(() => ResultJournal.Resume(path, Settings, _ => { })).Message);
        Assert.AreEqual(content, File.ReadAllText(path));
        Assert.ThrowsExactly<CommandException>(() => ResultJournal.Create(path, Settings));
        Assert.AreEqual(content, File.ReadAllText(path));
    }

    [TestMethod]
    public void A_journal_whose_head_is_damaged_is_refused_and_keeps_its_rows()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.partial");
        Write(path);
        byte[] whole = File.ReadAllBytes(path);
        for (int damaged = 0; damaged < 40; damaged++)
        {
            Flip(path, damaged);
            Assert.ThrowsExactly<CommandException>(() => ResultJournal.Resume(path, Settings, _ => { }).Dispose());
            Flip(path, damaged);
            CollectionAssert.AreEqual(whole, File.ReadAllBytes(path));
        }
    }

    [TestMethod]
    public void A_file_that_took_the_journals_place_stays()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.partial");
        using (var journal = ResultJournal.Create(path, Settings))
        {
            File.Delete(path);
            File.WriteAllText(path, "mine");
            journal.Delete();
        }

        Assert.AreEqual("mine", File.ReadAllText(path));
        using var first = ResultJournal.Create(folder.PathOf("s.partial"), Settings);
        File.Delete(first.FilePath);
        using var second = ResultJournal.Create(first.FilePath, Settings);
        first.Delete();
        Assert.IsTrue(File.Exists(second.FilePath));
        second.Delete();
        Assert.IsFalse(File.Exists(second.FilePath));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_pipe_in_the_journals_place_is_refused_without_waiting()
    {
        using var folder = new TemporaryFolder();
        Shell.Run("mkfifo", folder.PathOf("r.partial"));
        Assert.Contains(
            "is a pipe",
            Assert.ThrowsExactly<CommandException>(() => ResultJournal.Resume(folder.PathOf("r.partial"), Settings, _ => { })).Message);
    }

    [TestMethod]
    public void Rows_that_show_one_path_stand_for_one_input_each()
    {
        var done = new ResumedRows();
        done.Add(ResultRow.Failure(3, "a.jpg", "It is empty."));
        done.Add(ResultRow.Failure(5, "a.jpg", "It is empty."));
        Assert.IsTrue(done.TryTake("a.jpg", out long position));
        Assert.AreEqual(3, position);
        Assert.IsFalse(done.TryTake("b.jpg", out _));
        Assert.IsTrue(done.TryTake("a.jpg", out position));
        Assert.AreEqual(5, position);
        Assert.IsFalse(done.TryTake("a.jpg", out _));
        Assert.AreEqual((2L, 2L), (done.Count, done.Met));
    }

    private static void Flip(string path, int position)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[position] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes into a file that is open here, as another program does that asks for no lock.</summary>
    private static void Overwrite(string path, int position, byte value) => Shell.Run(
        "sh", "-c", $"printf '\\{Convert.ToString(value, 8)}' | dd of='{path}' bs=1 seek={position} conv=notrunc status=none");

    private static void Write(string path)
    {
        using var journal = ResultJournal.Create(path, Settings);
        foreach (ResultRow row in Rows)
        {
            journal.Append(row);
        }
    }
}
