using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Converted files against the golden numbers of the official implementation, from the golden crops on.</summary>
[TestClass]
[RequiresReference]
public sealed class ReferenceConversionTests
{
    private const double LogitTolerance = 5e-4;

    [TestMethod]
    [DataRow(MobileViTVariants.Xxs, "cvnets", "mobilevit_xxs.pt")]
    [DataRow(MobileViTVariants.Xxs, "timm", "mobilevit_xxs.timm.safetensors")]
    [DataRow(MobileViTVariants.Xxs, "squash", "mobilevit_xxs.pt")]
    [DataRow(MobileViTVariants.Xs, "cvnets", "mobilevit_xs.pt")]
    [DataRow(MobileViTVariants.S, "cvnets", "mobilevit_s.pt")]
    public void Logits_of_every_photo_equal_the_goldens(string variant, string preset, string checkpoint)
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("model.onnx");
        MobileViTConverter.Convert(
            Reference.PathOf("checkpoints", checkpoint), file, new ConversionOptions { Preset = preset });
        var expectedLogits = NpyFile.Read(Reference.PathOf("golden", $"mobilevit_{variant}.{preset}.logits.npy"));
        string featureFile = Reference.PathOf("golden", $"mobilevit_{variant}.{preset}.pooled.npy");
        NpyFile? expectedFeatures = File.Exists(featureFile) ? NpyFile.Read(featureFile) : null;
        using var model = new OnnxRun(File.ReadAllBytes(file));
        string[] photos = GoldenCrops.PhotoNames();
        for (int photo = 0; photo < photos.Length; photo++)
        {
            float[] pixels = GoldenCrops.Pixels(photos[photo], preset);
            var outputs = model.Run(pixels, 256, 256);
            float[] logits = outputs[ModelOutputs.Logits];
            Assert.IsLessThanOrEqualTo(LogitTolerance, Numbers.MaxDifference(expectedLogits.Row(photo), logits), photos[photo]);
            if (expectedFeatures is not null)
            {
                Assert.IsLessThanOrEqualTo(
                    LogitTolerance, Numbers.MaxDifference(expectedFeatures.Row(photo), outputs[ModelOutputs.Features]), photos[photo]);
            }

            CollectionAssert.AreEqual(Numbers.Top(expectedLogits.Row(photo), 5), Numbers.Top(logits, 5), photos[photo]);
        }
    }

    [TestMethod]
    public void Every_stage_equals_the_golden()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("model.onnx");
        MobileViTConverter.Convert(
            Reference.PathOf("checkpoints", "mobilevit_xxs.pt"), file, new ConversionOptions { Outputs = ModelOutputs.Stages });
        using var model = new OnnxRun(File.ReadAllBytes(file));
        var outputs = model.Run(GoldenCrops.Pixels(GoldenCrops.PhotoNames()[0], "cvnets"), 256, 256);
        foreach (string stage in ModelOutputs.Stages)
        {
            float[] expected = NpyFile.Read(Reference.PathOf("golden", $"mobilevit_xxs.stage.{stage}.npy")).Values;
            Assert.IsLessThanOrEqualTo(
                1e-3 * Numbers.StandardDeviation(expected), Numbers.MaxDifference(expected, outputs[stage]), stage);
        }
    }

    [TestMethod]
    [DataRow(192, 192)]
    [DataRow(224, 224)]
    [DataRow(256, 320)]
    [DataRow(320, 320)]
    public void Other_input_sizes_equal_the_goldens_static_and_dynamic(int height, int width)
    {
        float[] expected = NpyFile.Read(Reference.PathOf("golden", $"mobilevit_xxs.formula_{height}x{width}.logits.npy")).Values;
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("model.onnx");
        ConversionOptions[] ways =
        [
            new() { Height = height, Width = width },
            new() { DynamicSize = true },
            new() { DynamicSize = true, Portable = true, Height = 320, Width = 160 },
        ];
        foreach (ConversionOptions options in ways)
        {
            MobileViTConverter.Convert(Reference.PathOf("checkpoints", "mobilevit_xxs.pt"), file, options);
            using var model = new OnnxRun(File.ReadAllBytes(file));
            float[] logits = model.Run(FormulaWeights.Input(height, width), height, width)[ModelOutputs.Logits];
            Assert.IsLessThanOrEqualTo(LogitTolerance, Numbers.MaxDifference(expected, logits), options.ToString());
        }
    }

    [TestMethod]
    public void The_three_layouts_of_the_same_weights_give_the_same_logits()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("model.onnx");
        string photo = GoldenCrops.PhotoNames()[0];
        var logits = new List<float[]>();
        foreach (string name in new[] { "mobilevit_xxs.pt", "mobilevit_xxs.hf.safetensors", "mobilevit_xxs.timm.safetensors" })
        {
            ConversionReport report = MobileViTConverter.Convert(Reference.PathOf("checkpoints", name), file);
            bool isTimm = name.Contains(".timm.", StringComparison.Ordinal);
            Assert.AreEqual(
                PreprocessingPresets.Get(isTimm ? PreprocessingPresets.Timm : PreprocessingPresets.Cvnets),
                report.Metadata.Preprocessing);
            using var model = new OnnxRun(File.ReadAllBytes(file));
            float[] pixels = GoldenCrops.Pixels(photo, "cvnets", report.Metadata.Preprocessing.ChannelOrder);
            logits.Add(model.Run(pixels, 256, 256)[ModelOutputs.Logits]);
        }

        Assert.IsLessThanOrEqualTo(1e-4, Numbers.MaxDifference(logits[0], logits[1]));
        Assert.IsLessThanOrEqualTo(1e-4, Numbers.MaxDifference(logits[0], logits[2]));
    }

    [TestMethod]
    public void Half_precision_halves_the_file_and_keeps_every_first_place()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = Reference.PathOf("checkpoints", "mobilevit_xxs.pt");
        ConversionReport whole = MobileViTConverter.Convert(checkpoint, folder.PathOf("whole.onnx"));
        ConversionReport half = MobileViTConverter.Convert(
            checkpoint, folder.PathOf("half.onnx"), new ConversionOptions { Precision = WeightPrecision.Float16 });
        Assert.IsLessThan(0.52 * whole.OutputBytes, (double)half.OutputBytes);

        using var model = new OnnxRun(File.ReadAllBytes(half.OutputPath));
        var expected = NpyFile.Read(Reference.PathOf("golden", "mobilevit_xxs.cvnets.logits.npy"));
        string[] photos = GoldenCrops.PhotoNames();
        for (int photo = 0; photo < photos.Length; photo++)
        {
            float[] logits = model.Run(GoldenCrops.Pixels(photos[photo], "cvnets"), 256, 256)[ModelOutputs.Logits];
            Assert.AreEqual(Numbers.Top(expected.Row(photo), 1)[0], Numbers.Top(logits, 1)[0], photos[photo]);
        }
    }

    [TestMethod]
    public void Converting_twice_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = Reference.PathOf("checkpoints", "mobilevit_xxs.pt");
        MobileViTConverter.Convert(checkpoint, folder.PathOf("a.onnx"));
        MobileViTConverter.Convert(checkpoint, folder.PathOf("b.onnx"));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.PathOf("a.onnx")), File.ReadAllBytes(folder.PathOf("b.onnx")));
    }
}
