using System.Text;

namespace MlNetMobileViT.UnitTests;

/// <summary><c>--csv-safe</c> and <c>--csv-bom</c>.</summary>
[TestClass]
public sealed class CsvOptionsTests
{
    [TestMethod]
    [DataRow("--csv-safe is for CSV", "classify", "photos", "--csv-safe")]
    [DataRow("--csv-bom is for CSV", "classify", "photos", "--csv-bom")]
    [DataRow("ends in .csv, not 'a.jsonl'", "classify", "--csv-safe", "-o", "a.jsonl")]
    [DataRow("ends in .csv, not 'a.idv'", "features", ".", "--csv-bom", "-o", "a.idv")]
    [DataRow("--csv-safe is for CSV", "predict", "model.zip", ".", "--csv-safe", "--report", "a.html")]
    [DataRow("ends in .csv, not 'a.parquet'", "merge", "s1.csv", "--csv-safe", "-o", "a.parquet")]
    public async Task Without_csv_they_are_wrong_usage(string sentence, params string[] arguments)
    {
        // Where the inputs are looked at first, they are to be there.
        string[] there = [.. arguments.Select(argument => argument == "photos" ? Path.GetDirectoryName(Demo.Samples[0])! : argument)];
        (await CommandRun.Of(there)).AssertRefused(sentence);
    }

    [TestMethod]
    public async Task Shards_for_spreadsheets_merge_into_the_file_that_one_run_writes()
    {
        using var folder = new TemporaryFolder();
        // A list can name what is not there: each is a row with its path and an error.
        string list = string.Join('\n', "=1.jpg", "'=1.jpg", "''=1.jpg", "+2.jpg", "-3.jpg", "@4.jpg", "'5.jpg", "6;.jpg", Demo.Samples[0]);
        await Run("whole.csv", "classify", "-");
        await Run("safe.csv", "classify", "-", "--csv-safe", "--csv-bom");
        await Run("s1.csv", "classify", "-", "--shard", "1/2", "--csv-safe", "--csv-bom");
        await Run("s2.csv", "classify", "-", "--shard", "2/2");
        await Run("merged.csv", "merge", folder.PathOf("s1.csv"), folder.PathOf("s2.csv"));
        await Run("merged-safe.csv", "merge", folder.PathOf("s1.csv"), folder.PathOf("s2.csv"), "--csv-safe", "--csv-bom");

        CollectionAssert.AreEqual(Bytes("whole.csv"), Bytes("merged.csv"));
        CollectionAssert.AreEqual(Bytes("safe.csv"), Bytes("merged-safe.csv"));
        Assert.StartsWith("\uFEFF\"path\",", Encoding.UTF8.GetString(Bytes("safe.csv")));
        Assert.Contains("\n\"'=1.jpg\",", Encoding.UTF8.GetString(Bytes("s1.csv")) + Encoding.UTF8.GetString(Bytes("merged-safe.csv")));

        byte[] Bytes(string name) => File.ReadAllBytes(folder.PathOf(name));

        async Task Run(string output, params string[] arguments)
        {
            CommandRun run = await CommandRun.Of([.. arguments, "-o", folder.PathOf(output)], list);
            Assert.AreEqual(1, run.ExitCode, run.Error);
        }
    }
}
