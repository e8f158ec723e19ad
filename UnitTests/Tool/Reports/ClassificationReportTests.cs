using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ClassificationReportTests
{
    [TestMethod]
    public async Task Every_name_is_text_and_nothing_is_fetched()
    {
        using var folder = new TemporaryFolder();
        string evil = folder.PathOf("<script>alert(1)<b>\"'&.jpg");
        File.Copy(Demo.Samples[0], evil);
        string page = await WriteAsync(
            folder,
            [
                new(0, evil, null, ["\"><img src=x onerror=alert(1)>"], [0.9f]),
                ResultRow.Failure(1, "<script>bad</script>\u0001.jpg", "Reason <i>."),
            ]);
        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("<script>bad", page);
        Assert.DoesNotContain("<img src=x", page);
        Assert.DoesNotContain("\u0001", page);
        Assert.Contains("&lt;script&gt;bad", page);
        Assert.Contains("Reason &lt;i&gt;.", page);
        Assert.Contains("default-src 'none'", page);
        Assert.Contains("data:image/webp;base64,", page);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
    }

    [TestMethod]
    public async Task Ten_thousand_rows_give_a_page_of_a_thousand_pictures_below_20_megabytes()
    {
        using var folder = new TemporaryFolder();
        string page = await WriteAsync(
            folder,
            Enumerable.Range(0, 10_000)
                .Select(i => new ResultRow(i, $"{folder.Root}/gone-{i}.jpg", null, ["a", "b", "c", "d", "e"], [0.5f, 0.2f, 0.1f, 0.1f, 0.1f])));
        Assert.HasCount(1000, page.Split("<article").Skip(1).ToArray());
        Assert.IsLessThan(20_000_000, page.Length);
        Assert.Contains("10,000", page);
    }

    [TestMethod]
    public async Task A_run_in_which_everything_failed_still_has_a_report()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("Failures (1)", await WriteAsync(folder, [ResultRow.Failure(0, "a.jpg", "It is empty.")]));
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, IEnumerable<ResultRow> rows)
    {
        string path = folder.PathOf("report.html");
        await ClassificationReport.WriteAsync(path, "Title", "Subtitle", () => rows);
        return await File.ReadAllTextAsync(path);
    }
}
