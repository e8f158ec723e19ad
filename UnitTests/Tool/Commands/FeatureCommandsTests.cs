using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary><c>features</c>, <c>similar</c> and <c>evaluate</c>.</summary>
[TestClass]
public sealed class FeatureCommandsTests
{
    [TestMethod]
    public async Task Every_format_of_features_has_the_same_rows_and_mlnet_reads_idv()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 3);
        File.WriteAllText(folder.PathOf("images", "broken.jpg"), "");
        ResultRow[]? first = null;
        foreach (string extension in new[] { ".csv", ".parquet", ".idv" })
        {
            string path = folder.PathOf("f" + extension);
            CommandRun run = await CommandRun.Of("features", folder.PathOf("images"), "-o", path);
            Assert.AreEqual(1, run.ExitCode, run.Error);
            ResultRow[] rows = [.. ResultFormat.Of(path).Read(path).Rows];
            first ??= rows;
            ResultFormatTests.AssertSame(first, rows);
        }

        using var model = MobileViTModel.Load(ModelSource.DemoFile);
        Assert.HasCount(model.GetOutput(ModelOutputs.Features).Length, first![0].Numbers);
        IDataView view = new MLContext().Data.LoadFromBinary(folder.PathOf("f.idv"));
        Assert.AreEqual(first[0].Numbers.Length, ((VectorDataViewType)view.Schema["Features"].Type).Size);
    }

    [TestMethod]
    public async Task Another_layer_is_taken_and_one_that_is_not_there_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("f.csv");
        Assert.AreEqual(0, (await CommandRun.Of("features", Demo.Samples[0], "-o", path, "--layer", "logits")).ExitCode);
        Assert.EndsWith(",f15", File.ReadLines(path).First());
        (await CommandRun.Of("features", Demo.Samples[0], "-o", path, "--layer", "layer_3")).AssertRefused("layer_3", "logits");
    }

    [TestMethod]
    public async Task The_copy_of_an_image_is_the_most_similar_one()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images"), 6);
        string report = folder.PathOf("sheet.html");
        CommandRun run = await CommandRun.Of(
            "similar", Demo.Samples[2], folder.PathOf("images"), "-k", "3", "--cache", folder.PathOf("cache"), "--report", report,
            "-o", folder.PathOf("nearest.csv"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] nearest = await File.ReadAllLinesAsync(folder.PathOf("nearest.csv"));
        Assert.HasCount(4, nearest);
        Assert.AreEqual("query,error,rank,path,similarity", nearest[0]);
        Assert.StartsWith($"{Demo.Samples[2]},,1,{folder.PathOf("images", "002.jpg")},", nearest[1]);
        Assert.EndsWith("002.jpg  1.0000", run.Lines[1]);
        string page = await File.ReadAllTextAsync(report);
        Assert.HasCount(3, page.Split("<article").Skip(1).ToArray());
        Assert.HasCount(1, page.Split("panel query").Skip(1).ToArray());
    }

    [TestMethod]
    public async Task Similar_refuses_what_it_cannot_compare()
    {
        using var folder = new TemporaryFolder();
        string cache = folder.PathOf("cache");
        string broken = folder.PathOf("broken.jpg");
        File.WriteAllText(broken, "");
        (await CommandRun.Of("similar", "/nowhere.jpg", folder.Root, "--cache", cache)).AssertRefused("no image '/nowhere.jpg'");
        (await CommandRun.Of("similar", broken, folder.Root, "--cache", cache)).AssertRefused("no other image");
        (await CommandRun.Of("similar", broken, Demo.Samples[0], "--cache", cache)).AssertRefused(broken, "empty");
    }

    [TestMethod]
    public async Task Nothing_is_said_of_images_of_which_none_can_be_read()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("images", "red circle"));
        File.WriteAllText(folder.PathOf("images", "red circle", "a.jpg"), "broken");

        CommandRun evaluated = await CommandRun.Of("evaluate", folder.PathOf("images"));
        Assert.AreEqual(1, evaluated.ExitCode, evaluated.Error);
        Assert.DoesNotContain(" %", evaluated.Output);
        Assert.Contains("a.jpg", evaluated.Error);

        CommandRun similar = await CommandRun.Of(
            "similar", Demo.Samples[0], folder.PathOf("images"), "--recursive", "--cache", folder.PathOf("cache"));
        Assert.AreEqual(1, similar.ExitCode, similar.Error);
        Assert.AreEqual("", similar.Output);
        Assert.Contains("a.jpg", similar.Error);
    }

    [TestMethod]
    public async Task Evaluate_counts_what_is_right_by_folder_and_by_label_file()
    {
        using var folder = new TemporaryFolder();
        // The model's own answers are the truth here, but for one.
        string csv = folder.PathOf("answers.csv");
        await CommandRun.Of("classify", ModelSource.DemoSamples, "-o", csv, "--top", "2");
        var labels = File.ReadLines(csv).Skip(1).Select(line => line.Split(',')).ToArray();
        using (StreamWriter writer = File.CreateText(folder.PathOf("labels.csv")))
        {
            writer.WriteLine("file,label");
            foreach (string[] row in labels)
            {
                Directory.CreateDirectory(folder.PathOf("byLabel", row[2].Replace(' ', '_')));
                File.Copy(row[0], folder.PathOf("byLabel", row[2].Replace(' ', '_'), Path.GetFileName(row[0])));
                writer.WriteLine($"{Path.GetFileName(row[0])},{(row == labels[0] ? row[4] : row[2])}");
            }
        }

        CommandRun byFolder = await CommandRun.Of("evaluate", folder.PathOf("byLabel"));
        Assert.AreEqual(0, byFolder.ExitCode, byFolder.Error);
        Assert.Contains("100.0 %  100.0 %       6", byFolder.Lines[1]);
        Assert.Contains("956,160", byFolder.Lines[1]);

        string report = folder.PathOf("report.html");
        CommandRun byFile = await CommandRun.Of(
            "evaluate", ModelSource.DemoSamples, "--labels", folder.PathOf("labels.csv"), "--report", report, "-o", folder.PathOf("p.jsonl"));
        Assert.Contains(" 83.3 %  100.0 %       6", byFile.Lines[1]);
        Assert.Contains($"{labels[0][4]} taken for {labels[0][2]}", byFile.Output);
        Assert.Contains("Confusion", await File.ReadAllTextAsync(report));
        Assert.Contains("the other 5 classes, 5 images: without a mistake", byFile.Output);
        string[] predictions = await File.ReadAllLinesAsync(folder.PathOf("p.jsonl"));
        Assert.HasCount(6, predictions);
        Assert.HasCount(5, predictions.Where(line => line.EndsWith("\"rank\":1,\"correct\":true}", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(1, predictions.Where(line => line.EndsWith("\"rank\":2,\"correct\":false}", StringComparison.Ordinal)).ToArray());

        string broken = folder.PathOf("byLabel", "red_star", "broken.jpg");
        Directory.CreateDirectory(Path.GetDirectoryName(broken)!);
        File.WriteAllText(broken, "");
        CommandRun withBroken = await CommandRun.Of("evaluate", folder.PathOf("byLabel"), "--top", "3", "-o", folder.PathOf("b.csv"));
        Assert.AreEqual(1, withBroken.ExitCode);
        Assert.Contains("Top-3", withBroken.Lines[0]);
        string[] rows = await File.ReadAllLinesAsync(folder.PathOf("b.csv"));
        Assert.HasCount(8, rows);
        Assert.EndsWith("it is empty.,red star,,,,", rows.Single(row => row.StartsWith(broken, StringComparison.Ordinal)));
        File.Delete(broken);

        (await CommandRun.Of("evaluate", ModelSource.DemoSamples)).AssertRefused("no subfolders", "--labels");
        (await CommandRun.Of("evaluate", folder.PathOf("byLabel"), "--top", "0")).AssertRefused("--top 0");
        (await CommandRun.Of("evaluate", folder.PathOf("byLabel"), "-o", "x.idv")).AssertRefused(".csv, .jsonl, .parquet");

        CommandRun marked = await CommandRun.Of("classify", folder.PathOf("byLabel"), "-r", "--truth", "folders", "--top", "1");
        Assert.HasCount(6, marked.Lines.Where(line => line.Contains('✓', StringComparison.Ordinal)).ToArray(), marked.Output);
        Assert.Contains("right: 6 of 6 scored (100.0 %)", marked.Output);
        (await CommandRun.Of("classify", Demo.Samples[0], "--truth", "folders")).AssertRefused("--truth folders", "one folder");
    }

    [TestMethod]
    public async Task Evaluate_refuses_labels_that_it_cannot_place()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.PathOf("images", "green blob"), 1);
        (await CommandRun.Of("evaluate", folder.PathOf("images"))).AssertRefused("no class 'green blob'", "'blue arrow'");
        string labels = folder.PathOf("labels.txt");
        (await CommandRun.Of("evaluate", ModelSource.DemoSamples, "--labels", labels)).AssertRefused("no label file");
        File.WriteAllText(labels, "nothing");
        (await CommandRun.Of("evaluate", ModelSource.DemoSamples, "--labels", labels)).AssertRefused("line 1");
        string image = Path.GetFileName(Demo.Samples[0]);
        File.WriteAllText(labels, $"file,label\n\n{image},green blob\n");
        (await CommandRun.Of("evaluate", ModelSource.DemoSamples, "--labels", labels))
            .AssertRefused("no class 'green blob'", $"'{labels}', line 3");
        File.WriteAllText(labels, "other.jpg 3");
        (await CommandRun.Of("evaluate", ModelSource.DemoSamples, "--labels", labels)).AssertRefused("no label for any image");
    }

    [TestMethod]
    [DataRow("features")]
    [DataRow("train")]
    [DataRow("predict")]
    [DataRow("similar")]
    [DataRow("evaluate")]
    public async Task Help_answers(string command)
    {
        CommandRun run = await CommandRun.Of(command, "--help");
        Assert.AreEqual(0, run.ExitCode);
        Assert.Contains("Usage:", run.Output);
    }
}
