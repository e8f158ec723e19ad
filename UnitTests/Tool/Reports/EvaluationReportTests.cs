using System.Text.Json;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class EvaluationReportTests
{
    [TestMethod]
    public async Task Of_many_classes_the_matrix_has_those_that_were_confused_most()
    {
        // Class 7 is taken for 8 three times; each of the others for the next one, once; and the last hundred are all right.
        var images = new List<EvaluatedImage>();
        for (int label = 0; label < 1000; label++)
        {
            for (int i = 0; i < (label == 7 ? 3 : 1); i++)
            {
                images.Add(Image($"{label}-{i}.jpg", label, label < 900 ? label + 1 : label));
            }
        }

        string page = await WriteAsync([.. Enumerable.Range(0, 1001).Select(i => $"class {i}")], images);

        JsonElement matrix = ReportData.JsonOf(page, "confusion");
        int[] classes = [.. matrix.GetProperty("classes").EnumerateArray().Select(item => item.GetProperty("label").GetInt32())];
        Assert.HasCount(60, classes);
        Assert.AreEqual((7, 8), (classes[0], classes[1]));
        JsonElement seven = matrix.GetProperty("counts")[Array.IndexOf(classes, 7)];
        Assert.AreEqual(3, seven[Array.IndexOf(classes, 8)].GetInt32());
        Assert.AreEqual(0, seven[Array.IndexOf(classes, 7)].GetInt32());
        Assert.Contains("940 others", page);
        Assert.Contains("without a mistake, 99 images", page);
    }

    [TestMethod]
    public async Task Mistakes_come_first_and_right_ones_fill_what_room_is_left()
    {
        var images = Enumerable.Range(0, 12_000).Select(i => Image($"{i}.jpg", 0, i % 10 == 0 ? 1 : 0)).ToArray();
        string page = await WriteAsync(["a", "b"], images);
        JsonElement pictures = ReportData.JsonOf(page, "pictures");
        Assert.AreEqual("wrong", pictures.GetProperty("verdict").GetString());
        JsonElement[] shown = [.. pictures.GetProperty("pictures").EnumerateArray()];
        Assert.HasCount(1200, shown.Where(picture => picture[2][0].GetInt32() == 1).ToArray());
        Assert.IsLessThanOrEqualTo(10_000, shown.Length);
        Assert.IsGreaterThan(5_000, shown.Length);
    }

    [TestMethod]
    public async Task Names_are_text_and_what_failed_is_no_mistake()
    {
        string page = await WriteAsync(
            ["</script><b>", "b"],
            [Image("x</script>.jpg", 0, 1), new EvaluatedImage("y.jpg", 0, null, "'y.jpg' is empty."), new EvaluatedImage("z.jpg", 1, null, null)]);
        // Two of data, one of the page's own.
        Assert.HasCount(3, page.Split("</script>").Skip(1).ToArray());
        Assert.DoesNotContain("<b>", page.Split("<h2>Classes")[1].Split("</table>")[0]);
        Assert.HasCount(1, ReportData.PicturesOf(page));
        Assert.Contains("The file is empty.", page);
        Assert.Contains("Failures (1)", page);
    }

    [TestMethod]
    public async Task Nothing_predicted_is_no_matrix() =>
        Assert.DoesNotContain("id=\"confusion\"", await WriteAsync(["a"], [new EvaluatedImage("y.jpg", 0, null, "It is empty.")]));

    private static EvaluatedImage Image(string path, int truth, int predicted) =>
        new(path, truth, new LabeledPrediction(truth, predicted, 0.5, truth == predicted ? 0.5 : 0.25, truth == predicted ? 1 : 2), null);

    private static async Task<string> WriteAsync(string[] labels, IReadOnlyList<EvaluatedImage> images)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("report.html");
        await EvaluationReport.WriteAsync(
            path, "Title", "Subtitle", new ReportOrigin("mobilevit evaluate", "demo"), [], new Evaluation(labels, images));
        return await File.ReadAllTextAsync(path);
    }
}
