using MlNetMobileViT.Conversion;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>8 bits on the command line, on the demo's model and pictures.</summary>
[TestClass]
public sealed class QuantizeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Photos => _folder.PathOf("photos");

    private string Output => _folder.PathOf("int8.onnx");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Every_command_takes_what_quantize_writes()
    {
        DrawClasses(perClass: 3);
        string report = _folder.PathOf("int8.html");
        CommandRun run = await CommandRun.Of("quantize", ModelSource.DemoFile, "--calibrate", Photos, "-o", Output, "--report", report);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (string part in new[] { "48 images", "16 classes", "Same label", "100.00 → 100.00 %", "Largest error alone", "Largest difference", "written: " })
        {
            Assert.Contains(part, run.Output);
        }

        string page = await File.ReadAllTextAsync(report);
        foreach (string part in new[] { ", taken", "8 bits: ", "float: ", "data:image/webp", "Error of each layer" })
        {
            Assert.Contains(part, page);
        }

        CommandRun inspected = await CommandRun.Of("inspect", Output);
        Assert.Contains("kept float: none", inspected.Output);
        Assert.Contains("24 images, SHA-256", inspected.Output);
        CommandRun verified = await CommandRun.Of("verify", Output, "--against", ModelSource.DemoFile, "--images", Photos);
        verified.AssertSucceeded();
        Assert.Contains("is good", verified.Output);
        Assert.Contains("100.00 % ", verified.Output);

        CommandRun evaluated = await CommandRun.Of("evaluate", Photos, "--model", Output);
        evaluated.AssertSucceeded();
        Assert.Contains("100.0 %", evaluated.Output);
        CommandRun classified = await CommandRun.Of("classify", Demo.Samples[0], "--model", Output);
        classified.AssertSucceeded();
        Assert.Contains(Path.GetFileNameWithoutExtension(Demo.Samples[0]).Replace('_', ' '), classified.Output);
        string cache = _folder.PathOf("cache");
        (await CommandRun.Of(
            "features", Demo.Samples[0], "--model", Output, "--cache", cache, "-o", _folder.PathOf("f.csv"))).AssertSucceeded();
        string pipeline = _folder.PathOf("p.zip");
        (await CommandRun.Of("train", Photos, "--model", Output, "--cache", cache, "-o", pipeline)).AssertSucceeded();
        Assert.AreEqual(0, (await CommandRun.Of("predict", pipeline, Demo.Samples[0])).ExitCode);

        (await CommandRun.Of("quantize", Output, "--calibrate", Photos, "-o", _folder.PathOf("again.onnx"))).AssertRefused("in 8 bits already");
        Assert.IsFalse(File.Exists(_folder.PathOf("again.onnx")));
    }

    [TestMethod]
    public async Task Linear_layers_need_no_pictures_and_a_batch_shares_their_ranges()
    {
        CommandRun run = await CommandRun.Of("quantize", ModelSource.DemoFile, "--level", "linear", "-o", Output);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CommandRun verified = await CommandRun.Of("verify", Output);
        verified.AssertSucceeded();
        Assert.Contains("rows of a batch share their ranges", verified.Output);
        Assert.Contains("without images", (await CommandRun.Of("inspect", Output)).Output);
    }

    [TestMethod]
    public async Task A_picture_that_cannot_be_read_is_named_and_the_file_written()
    {
        Demo.Fill(Photos, 20);
        File.WriteAllText(Path.Combine(Photos, "broken.jpg"), "no picture");
        CommandRun run = await CommandRun.Of("quantize", ModelSource.DemoFile, "--level", "blocks", "--calibrate", Photos, "-o", Output);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("error: ", run.Error);
        Assert.Contains("broken.jpg", run.Error);
        Assert.IsTrue(File.Exists(Output));
    }

    [TestMethod]
    [DataRow("--level full", "--calibrate")]
    [DataRow("", "--calibrate")]
    [DataRow("--level ful --calibrate PHOTOS", "did you mean 'full'?")]
    [DataRow("--keep 99 --calibrate PHOTOS", "--keep 99")]
    [DataRow("--keep 0 --calibrate PHOTOS", "--keep 0")]
    [DataRow("--keep much --calibrate PHOTOS", "--keep much")]
    [DataRow("--keep 0.9 --level full --calibrate PHOTOS", "--keep decides")]
    [DataRow("--calibrate PHOTOS", "3 images", "at least 16")]
    [DataRow("--calibrate missing", "There is no folder 'missing'")]
    [DataRow("--calibrate TEXTS", "There is no image in")]
    [DataRow("--calibrate PHOTOS/000.jpg", "is a file")]
    [DataRow("--calibrate PHOTOS --report int8.onnx", ".html")]
    [DataRow("--calibrate PHOTOS --threads 0", "--threads 0")]
    public async Task Bad_input_is_a_sentence_and_leaves_nothing(string options, params string[] parts)
    {
        Demo.Fill(Photos, 3);
        string texts = _folder.PathOf("texts");
        Directory.CreateDirectory(texts);
        File.WriteAllText(Path.Combine(texts, "a.txt"), "text");
        string given = options.Replace("PHOTOS", Photos, StringComparison.Ordinal).Replace("TEXTS", texts, StringComparison.Ordinal);
        CommandRun run = await CommandRun.Of(
            ["quantize", ModelSource.DemoFile, "-o", Output, .. given.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        run.AssertRefused(parts);
        Assert.IsFalse(File.Exists(Output));
    }

    [TestMethod]
    public async Task Outputs_are_named_as_they_are_and_write_over_nothing()
    {
        string model = _folder.PathOf("model.onnx");
        File.Copy(ModelSource.DemoFile, model);
        string[] linear = ["--level", "linear"];
        (await CommandRun.Of(["quantize", model, "-o", model, .. linear])).AssertRefused("is read by this command");
        (await CommandRun.Of(["quantize", model, "-o", _folder.PathOf("int8.zip"), .. linear])).AssertRefused("--output", ".onnx");
        (await CommandRun.Of(["quantize", "dem", "-o", Output, .. linear])).AssertRefused("did you mean 'demo'?");
        (await CommandRun.Of("verify", model, "--images", _folder.Root)).AssertRefused("--against");
        (await CommandRun.Of("verify", model, "--against", model)).AssertRefused("--images");
        CollectionAssert.AreEqual(File.ReadAllBytes(ModelSource.DemoFile), File.ReadAllBytes(model));
    }

    [TestMethod]
    public void Every_class_is_in_both_halves_and_other_subfolders_are_no_classes()
    {
        DrawClasses(perClass: 4);
        List<string> told = [];
        var labels = OnnxModelFile.Read(ModelSource.DemoFile).Metadata.Labels;
        IReadOnlyList<CalibrationImage> images = new CalibrationFolders([Photos], 16, told.Add).Of(labels, told.Add);
        Assert.HasCount(64, images);
        PictureSplit split = PictureSplit.Of(images);
        foreach (IReadOnlyList<CalibrationImage> half in (IReadOnlyList<CalibrationImage>[])[split.Calibration, split.HeldOut])
        {
            CollectionAssert.AreEquivalent(labels.ToArray(), half.Select(static image => image.Label).Distinct().ToArray());
        }

        Assert.IsTrue(images.All(static image => image.Label == Path.GetFileName(Path.GetDirectoryName(image.Path))));

        Demo.Fill(Path.Combine(Photos, "holidays"), 2);
        images = new CalibrationFolders([Photos], 16, told.Add).Of(labels, told.Add);
        Assert.IsTrue(images.All(static image => image.Label is null));
        Assert.HasCount(17, PictureSplit.Of(images).Calibration.Select(static image => Path.GetDirectoryName(image.Path)).Distinct());
        Assert.Contains("'holidays' is no class", told[^1]);
    }

    private void DrawClasses(int perClass)
    {
        ulong seed = 0;
        foreach (string color in DemoPicture.Colors)
        {
            foreach (string shape in DemoPicture.Shapes)
            {
                string folder = Path.Combine(Photos, $"{color} {shape}");
                Directory.CreateDirectory(folder);
                for (int i = 0; i < perClass; i++)
                {
                    File.WriteAllBytes(Path.Combine(folder, $"{i}.jpg"), DemoPicture.Draw(color, shape, seed++));
                }
            }
        }
    }
}
