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
        Assert.DoesNotContain("onerror=alert(1)>", page);
        Assert.Contains("\"UklGR", page); // A thumbnail: WebP in Base64.
        Assert.Contains("mobilevit classify", page);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
    }

    [TestMethod]
    public async Task Twenty_thousand_rows_give_a_page_of_ten_thousand_pictures()
    {
        using var folder = new TemporaryFolder();
        string page = await WriteAsync(
            folder,
            Enumerable.Range(0, 20_000)
                .Select(i => new ResultRow(i, $"{folder.Root}/gone-{i}.jpg", null, ["a", "b", "c", "d", "e"], [0.5f, 0.2f, 0.1f, 0.1f, 0.1f])));
        Assert.HasCount(10_000, PicturesOf(page));
        Assert.IsLessThan(20_000_000, page.Length);
        Assert.Contains("10,000 of 20,000, evenly spread", page);
    }

    [TestMethod]
    public async Task A_run_in_which_everything_failed_still_has_a_report()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("Failures (1)", await WriteAsync(folder, [ResultRow.Failure(0, "a.jpg", "It is empty.")]));
    }

    [TestMethod]
    public async Task Cards_know_right_from_wrong_and_links_lead_to_their_files()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("photos", "a b"));
        string[] paths = [folder.PathOf("photos", "a b", "#1.jpg"), folder.PathOf("photos", "a b", "2.jpg")];
        string page = await WriteAsync(
            folder, paths.Select((path, i) => new ResultRow(i, path, null, ["x", "y"], [0.75f, 0.25f])), path => path.EndsWith("2.jpg", StringComparison.Ordinal) ? "y" : "x");
        Assert.Contains("right of 2", page);
        Assert.Contains("\"folder\":\"photos/a%20b/\"", page);
        Assert.AreEqual("[\"#1.jpg\",null,[0,1],[0.75,0.25],0,1]", PicturesOf(page)[0]);
        Assert.AreEqual("[\"2.jpg\",null,[0,1],[0.75,0.25],1,2]", PicturesOf(page)[1]);
    }

    [TestMethod]
    public void A_map_of_another_class_than_the_cards_is_left_out()
    {
        using var model = MobileViTModel.Load(Explainable.Of(File.ReadAllBytes(ModelSource.DemoFile)));
        ClassActivation map = model.Explain(Demo.Samples[0]);
        string[] labels = ["another", map.Prediction.Label];
        PictureCard[] cards = [.. Enumerable.Range(0, 2).Select(label => new PictureCard(Demo.Samples[0], [(label, 0.9)]))];
        PictureCard[] explained = PictureGallery.Explained(cards, labels, _ => [map, map]);
        Assert.IsNull(explained[0].Activation);
        Assert.AreSame(map, explained[1].Activation);
    }

    [TestMethod]
    public async Task Failures_are_grouped_by_their_reason()
    {
        using var folder = new TemporaryFolder();
        string page = await WriteAsync(
            folder, [ResultRow.Failure(0, "a.jpg", "'a.jpg' is empty."), ResultRow.Failure(1, "b.jpg", "'b.jpg' is empty.")]);
        Assert.Contains("href=\"#failures\"", page);
        Assert.HasCount(1, page.Split("The file is empty.").Skip(1).ToArray());
    }

    private static string[] PicturesOf(string page) => [.. ReportData.PicturesOf(page).Select(static picture => picture.GetRawText())];

    private static async Task<string> WriteAsync(
        TemporaryFolder folder, IEnumerable<ResultRow> rows, Func<string, string?>? truthOf = null)
    {
        string path = folder.PathOf("report.html");
        await ClassificationReport.WriteAsync(path, "Title", "Subtitle", new ReportOrigin("mobilevit classify", "demo"), () => rows, truthOf);
        return await File.ReadAllTextAsync(path);
    }
}
