using Google.Protobuf;
using MlNetMobileViT.Conversion;
using MlNetMobileViT.Tool;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class MobileViTQuantizerTests
{
    private static readonly string DemoModel = Reference.InRepository("Tool", "Demo", "mobilevit_xxs_shapes.onnx");

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Threads_do_not_change_a_byte_and_the_report_is_what_the_file_says()
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images = Draw(folder, 20);
        int[] counts = [1, 4];
        string[] files = [.. counts.Select(threads => folder.PathOf($"{threads}.onnx"))];
        List<QuantizationReport> reports = [];
        foreach (var (threads, file) in counts.Zip(files))
        {
            reports.Add(await MobileViTQuantizer.QuantizeAsync(DemoModel, file, images, new() { Threads = threads, Keep = 0.9 }));
            CollectionAssert.AreEqual(File.ReadAllBytes(files[0]), File.ReadAllBytes(file));
        }

        QuantizationReport report = reports[0];
        var read = OnnxModelFile.Read(files[0]);
        Assert.AreEqual(report.Metadata.Quantization, read.Metadata.Quantization);
        Assert.AreEqual(OnnxModel.WeightsSha256(read.Model.Graph), read.Metadata.WeightsSha256);
        Assert.AreEqual(OnnxModelFile.Read(DemoModel).Metadata.WeightsSha256, read.Metadata.Quantization!.FloatWeightsSha256);
        Assert.AreEqual(new FileInfo(files[0]).Length, report.OutputBytes);
        Assert.AreEqual(10, read.Metadata.Quantization.CalibrationImages);
        Assert.AreEqual(report.Attempts[^1].Comparison!.SameLabel, read.Metadata.Quantization.SameLabel);
        Assert.IsLessThan(report.FloatBytes / 2, report.OutputBytes);
        Assert.AreEqual(2, read.Model.Graph.Node.Count(static node => node.OpType == "LabelEncoder"));
        Assert.IsNotEmpty(report.Layers);
        CollectionAssert.AreEqual(report.Layers.OrderByDescending(static layer => layer.MeanDifference).ToArray(), report.Layers.ToArray());
        Assert.IsTrue(report.Notes.Any(static note => note.Contains("10 pictures", StringComparison.Ordinal)));
        Assert.HasCount(counts.Length + images.Length, Directory.GetFileSystemEntries(folder.Root));

        // The held-out pictures again, with the files alone.
        PictureSplit split = PictureSplit.Of(images);
        ModelComparison comparison = await MobileViTQuantizer.CompareAsync(DemoModel, files[0], split.HeldOut);
        Assert.AreEqual(read.Metadata.Quantization.SameLabel, comparison.SameLabel);
        Assert.AreEqual(read.Metadata.Quantization.MeanDifference, comparison.MeanDifference);

        var refused = await Assert.ThrowsExactlyAsync<InvalidDataException>(
            () => MobileViTQuantizer.QuantizeAsync(files[0], folder.PathOf("again.onnx"), images));
        StringAssert.Contains(refused.Message, "in 8 bits already");
    }

    [TestMethod]
    public async Task Linear_needs_no_pictures()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("linear.onnx");
        QuantizationReport report = await MobileViTQuantizer.QuantizeAsync(DemoModel, file, [], new() { Level = QuantizationLevel.Linear });
        Assert.IsNull(report.Attempts.Single().Comparison);
        Assert.IsEmpty(report.Layers);
        Assert.AreEqual(new() { Level = "linear", FloatWeightsSha256 = OnnxModelFile.Read(DemoModel).Metadata.WeightsSha256 },
            OnnxModelFile.Read(file).Metadata.Quantization);
    }

    [TestMethod]
    public async Task Unreadable_pictures_are_named_and_left_out()
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images = Draw(folder, 20);
        File.WriteAllText(images[4].Path, "no picture");
        File.Delete(images[7].Path);
        QuantizationReport report = await MobileViTQuantizer.QuantizeAsync(
            DemoModel, folder.PathOf("out.onnx"), images, new() { Level = QuantizationLevel.Linear });
        CollectionAssert.AreEquivalent(new[] { images[4].Path, images[7].Path }, report.Unreadable.Select(static pair => pair.Path).ToArray());

        foreach (CalibrationImage image in images)
        {
            File.WriteAllText(image.Path, "no picture");
        }

        await RefusedAsync<InvalidDataException>(folder, images, new(), "can be read");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task One_colour_and_noise_are_quantized_or_refused_in_a_sentence(bool noise)
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images = [.. Enumerable.Range(0, 16).Select(i => new CalibrationImage(folder.PathOf($"{i}.png")))];
        var random = new Random(1);
        foreach (CalibrationImage image in images)
        {
            using var bitmap = new SKBitmap(64, 64);
            for (int i = 0; i < 64 * 64; i++)
            {
                bitmap.SetPixel(i % 64, i / 64, noise ? new SKColor((uint)random.Next() | 0xFF000000u) : SKColors.Black);
            }

            using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(image.Path, data.ToArray());
        }

        QuantizationReport report = await MobileViTQuantizer.QuantizeAsync(
            DemoModel, folder.PathOf("out.onnx"), images, new() { Level = QuantizationLevel.Full });
        Assert.IsTrue(double.IsFinite(report.Attempts[0].Comparison!.MeanDifference));
        Assert.AreEqual(!noise, report.Notes.Any(static note => note.Contains("nearly the same", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task What_cannot_be_done_is_said_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images = Draw(folder, 16);
        await RefusedAsync<ArgumentException>(folder, [], new(), "--level linear");
        await RefusedAsync<ArgumentException>(folder, images[..3], new(), "There are 3 pictures");
        await RefusedAsync<ArgumentException>(folder, images, new() { Keep = double.NaN }, "Keep");
        await RefusedAsync<ArgumentException>(folder, images, new() { Threads = -1 }, "Threads");
        await RefusedAsync<ArgumentException>(folder, [.. images.Select(static image => image with { Label = "zebra" })], new(), "'zebra'");
        ArgumentException same = await Assert.ThrowsExactlyAsync<ArgumentException>(
            () => MobileViTQuantizer.QuantizeAsync(DemoModel, DemoModel, images));
        StringAssert.Contains(same.Message, "the model itself");
        ArgumentException none = await Assert.ThrowsExactlyAsync<ArgumentException>(
            () => MobileViTQuantizer.CompareAsync(DemoModel, DemoModel, []));
        StringAssert.Contains(none.Message, "no pictures");
    }

    [TestMethod]
    public async Task A_fixed_batch_is_refused()
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("fixed.onnx");
        File.WriteAllBytes(model, TestModels.Formula(TestModels.Tiny, new GraphStyle(64, 64, Batch: 4)).ToByteArray());
        InvalidDataException refused = await Assert.ThrowsExactlyAsync<InvalidDataException>(
            () => MobileViTQuantizer.QuantizeAsync(model, folder.PathOf("out.onnx"), Draw(folder, 16)));
        StringAssert.Contains(refused.Message, "batches of 4");
    }

    [TestMethod]
    public async Task Cancelled_it_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images = Draw(folder, 16);
        using var source = new CancellationTokenSource();
        var progress = new Inline(step => source.Cancel());
        await Assert.ThrowsAsync<OperationCanceledException>(() => MobileViTQuantizer.QuantizeAsync(
            DemoModel, folder.PathOf("out.onnx"), images, new(), progress, source.Token));
        Assert.HasCount(images.Length, Directory.GetFileSystemEntries(folder.Root));
    }

    [TestMethod]
    public async Task A_model_compared_with_itself_differs_in_nothing()
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images = [.. Draw(folder, 6), new(folder.PathOf("missing.jpg"))];
        ModelComparison comparison = await MobileViTQuantizer.CompareAsync(DemoModel, DemoModel, images, new() { Threads = 2 });
        Assert.AreEqual((6, 1.0, 0.0), (comparison.Images, comparison.SameLabel, comparison.MeanDifference));
        Assert.IsEmpty(comparison.Worst);
        Assert.AreEqual(images[6].Path, comparison.Unreadable.Single().Path);
    }

    /// <summary>Random weights lose labels at every level, so that levels are given up and layers given back on the way.</summary>
    [TestMethod]
    [RequiresReference]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Auto_goes_from_the_fastest_level_to_the_first_that_keeps_enough()
    {
        using var folder = new TemporaryFolder();
        CalibrationImage[] images =
        [
            .. Directory.GetFiles(Path.Combine(Reference.Shared, "photos-256"), "*.jpg").Order(StringComparer.Ordinal).Take(64)
                .Select(static path => new CalibrationImage(path)),
        ];
        string model = folder.PathOf("random.onnx"), output = folder.PathOf("int8.onnx");
        MobileViTConverter.Convert(Reference.PathOf("checkpoints", "mobilevit_xxs.pt"), model, new() { Height = 64, Width = 64 });
        await File.WriteAllTextAsync(output, "what was there before");
        QuantizationReport linear = await MobileViTQuantizer.QuantizeAsync(
            model, folder.PathOf("linear.onnx"), images, new() { Level = QuantizationLevel.Linear });
        double keep = linear.Attempts.Single().Comparison!.SameLabel;
        Assert.IsLessThan(1, keep);
        var refused = await Assert.ThrowsExactlyAsync<InvalidDataException>(
            () => MobileViTQuantizer.QuantizeAsync(model, output, images, new() { Keep = 1 }));
        StringAssert.Contains(refused.Message, "No level keeps");
        Assert.AreEqual("what was there before", await File.ReadAllTextAsync(output));


        QuantizationReport report = await MobileViTQuantizer.QuantizeAsync(model, output, images, new() { Keep = keep });
        QuantizationAttempt[] attempts = [.. report.Attempts];
        Assert.IsGreaterThan(1, attempts.Length);
        Assert.IsTrue(attempts[..^1].All(attempt => attempt.Comparison!.SameLabel < keep));
        Assert.IsGreaterThanOrEqualTo(keep, attempts[^1].Comparison!.SameLabel);
        CollectionAssert.AreEqual(
            attempts.OrderByDescending(static attempt => attempt.Level).ThenBy(static attempt => attempt.FloatLayers.Count).ToArray(), attempts);
        QuantizationAttempt givenBack = attempts.First(static attempt => attempt.FloatLayers.Count > 0);
        CollectionAssert.AreEqual(
            report.Layers.Where(layer => layer.Level <= givenBack.Level).Select(static layer => layer.Layer)
                .Take(givenBack.FloatLayers.Count).ToArray(),
            givenBack.FloatLayers.ToArray());
        Assert.AreEqual(attempts[^1].Level.ToString().ToLowerInvariant(), report.Metadata.Quantization!.Level);
    }

    [TestMethod]
    public void Weights_of_16_bits_are_widened()
    {
        ModelProto half = TestModels.Formula(TestModels.Tiny, new GraphStyle(64, 64), precision: WeightPrecision.Float16);
        var wide = new OnnxGraph(half.Graph.Clone());
        new WidenedWeights().Apply(wide);
        Assert.IsFalse(wide.Proto.Node.Any(static node => node.OpType == "Cast"));
        Assert.IsTrue(wide.Proto.Initializer.All(static tensor => tensor.DataType != (int)TensorProto.Types.DataType.Float16));

        float[] pixels = [.. Enumerable.Range(0, 3 * 64 * 64).Select(static i => i % 17 / 17f)];
        ModelProto widened = half.Clone();
        widened.Graph = wide.Proto;
        using var before = new OnnxRun(half);
        using var after = new OnnxRun(widened);
        CollectionAssert.AreEqual(before.Run(pixels, 64, 64)[ModelOutputs.Logits], after.Run(pixels, 64, 64)[ModelOutputs.Logits]);
    }

    private static async Task RefusedAsync<TException>(
        TemporaryFolder folder, CalibrationImage[] images, QuantizationOptions options, string message)
        where TException : Exception
    {
        string output = folder.PathOf("refused.onnx");
        TException refused = await Assert.ThrowsExactlyAsync<TException>(
            () => MobileViTQuantizer.QuantizeAsync(DemoModel, output, images, options));
        StringAssert.Contains(refused.Message, message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Root, "refused*"));
    }

    /// <summary>Pictures of every kind that the demo model knows, in turn.</summary>
    internal static CalibrationImage[] Draw(TemporaryFolder folder, int count)
    {
        CalibrationImage[] images = [.. Enumerable.Range(0, count).Select(i => new CalibrationImage(folder.PathOf($"{i:000}.jpg")))];
        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(
                images[i].Path,
                DemoPicture.Draw(DemoPicture.Colors[i / 2 % 2], DemoPicture.Shapes[i / 4 % DemoPicture.Shapes.Length], (ulong)i));
        }

        return images;
    }

    /// <summary>Progress that is told on the thread that tells.</summary>
    private sealed class Inline(Action<QuantizationProgress> report) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => report(value);
    }
}
