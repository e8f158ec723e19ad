using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>MobileViTv2's checkpoints against the golden numbers of the official implementation.</summary>
[TestClass]
[RequiresReference]
public sealed class ReferenceV2Tests
{
    private const double LogitTolerance = 5e-4;

    [TestMethod]
    [DataRow(224, 224, false)]
    [DataRow(256, 256, false)]
    [DataRow(256, 320, false)]
    [DataRow(384, 384, false)]
    [DataRow(224, 224, true)]
    [DataRow(256, 320, true)]
    public void Other_input_sizes_equal_the_goldens(int height, int width, bool dynamic)
    {
        using var folder = new TemporaryFolder();
        ConversionReport report = MobileViTConverter.Convert(
            Reference.V2PathOf("checkpoints", "mobilevitv2_0.5.pt"),
            folder.PathOf("model.onnx"),
            dynamic ? new ConversionOptions { DynamicSize = true } : new ConversionOptions { Height = height, Width = width });
        Assert.AreEqual("v2-0.5", report.Metadata.Variant);
        float[] expected = NpyFile.Read(Reference.V2PathOf("golden", $"mobilevitv2_0.5.formula_{height}x{width}.logits.npy")).Values;
        using var model = new OnnxRun(File.ReadAllBytes(report.OutputPath));
        float[] logits = model.Run(FormulaWeights.Input(height, width), height, width)[ModelOutputs.Logits];
        Assert.IsLessThanOrEqualTo(LogitTolerance, Numbers.MaxDifference(expected, logits));
        CollectionAssert.AreEqual(Numbers.Top(expected, 5), Numbers.Top(logits, 5));
    }

    /// <summary>The crops are golden ones too, so that a difference is the network's.</summary>
    [TestMethod]
    [DataRow("mobilevitv2_0.5", "cvnets", "mobilevitv2_0.5.pt")]
    [DataRow("mobilevitv2_0.5", "cvnets2", "mobilevitv2_0.5.timm.safetensors")]
    [DataRow("mobilevitv2_0.5", "hf", "mobilevitv2_0.5.hf.safetensors")]
    [DataRow("mobilevitv2_0.5", "timm2", "mobilevitv2_0.5.pt")]
    [DataRow("mobilevitv2_0.5", "cvnets2-384", "mobilevitv2_0.5.pt")]
    [DataRow("mobilevitv2_0.75_10", "cvnets", "mobilevitv2_0.75_10.pt")]
    [DataRow("mobilevitv2_0.75_10", "cvnets2", "mobilevitv2_0.75_10.pt")]
    public void Logits_of_every_photo_equal_the_goldens(string golden, string preset, string checkpoint)
    {
        using var folder = new TemporaryFolder();
        int side = preset == "cvnets2-384" ? 384 : 256;
        MobileViTConverter.Convert(
            Reference.V2PathOf("checkpoints", checkpoint), folder.PathOf("model.onnx"), new ConversionOptions { Height = side, Width = side });
        var expectedLogits = NpyFile.Read(Reference.V2PathOf("golden", $"{golden}.{preset}.logits.npy"));
        string pooled = Reference.V2PathOf("golden", $"{golden}.{preset}.pooled.npy");
        NpyFile? expectedFeatures = File.Exists(pooled) ? NpyFile.Read(pooled) : null;
        using var model = new OnnxRun(File.ReadAllBytes(folder.PathOf("model.onnx")));
        float[][] crops = [.. Crops(preset)];
        Assert.HasCount(expectedLogits.Values.Length / expectedLogits.Row(0).Length, crops);
        for (int photo = 0; photo < crops.Length; photo++)
        {
            var outputs = model.Run(crops[photo], side, side);
            float[] logits = outputs[ModelOutputs.Logits];
            double difference = Numbers.MaxDifference(expectedLogits.Row(photo), logits);
            Assert.IsLessThanOrEqualTo(
                difference <= LogitTolerance ? LogitTolerance : LastBits(model, crops[photo], side, logits), difference, $"photo {photo}");
            CollectionAssert.AreEqual(Numbers.Top(expectedLogits.Row(photo), 5), Numbers.Top(logits, 5), $"photo {photo}");
            if (expectedFeatures is not null)
            {
                Assert.IsLessThanOrEqualTo(
                    LogitTolerance, Numbers.MaxDifference(expectedFeatures.Row(photo), outputs[ModelOutputs.Features]), $"photo {photo}");
            }
        }
    }

    [TestMethod]
    public void Every_stage_equals_the_golden()
    {
        using var folder = new TemporaryFolder();
        string[] stages = [.. ModelOutputs.Stages.SkipLast(1)];
        MobileViTConverter.Convert(
            Reference.V2PathOf("checkpoints", "mobilevitv2_0.5.pt"), folder.PathOf("model.onnx"), new ConversionOptions { Outputs = stages });
        using var model = new OnnxRun(File.ReadAllBytes(folder.PathOf("model.onnx")));
        var outputs = model.Run(Crops("cvnets2").First(), 256, 256);
        foreach (string stage in stages)
        {
            float[] expected = NpyFile.Read(Reference.V2PathOf("golden", $"mobilevitv2_0.5.stage.{stage}.npy")).Values;
            Assert.IsLessThanOrEqualTo(1e-3 * Numbers.StandardDeviation(expected), Numbers.MaxDifference(expected, outputs[stage]), stage);
        }
    }

    [TestMethod]
    public void A_size_that_is_no_multiple_of_32_equals_the_golden()
    {
        var weights = ModelWeights.Read(Checkpoint.Open(Reference.V2PathOf("checkpoints", "mobilevitv2_0.5.pt")));
        using var model = new OnnxRun(TestModels.Of(weights.Architecture, weights.Tensors, new GraphStyle(240, 272)));
        float[] expected = NpyFile.Read(Reference.V2PathOf("golden", "mobilevitv2_0.5.formula_240x272.logits.npy")).Values;
        float[] logits = model.Run(FormulaWeights.Input(240, 272), 240, 272)[ModelOutputs.Logits];
        Assert.IsLessThanOrEqualTo(LogitTolerance, Numbers.MaxDifference(expected, logits));
    }

    [TestMethod]
    [DataRow(256, 256)]
    [DataRow(256, 320)]
    public void Other_input_sizes_of_ten_classes_equal_the_goldens(int height, int width)
    {
        using var folder = new TemporaryFolder();
        MobileViTConverter.Convert(
            Reference.V2PathOf("checkpoints", "mobilevitv2_0.75_10.pt"),
            folder.PathOf("model.onnx"),
            new ConversionOptions { Height = height, Width = width });
        float[] expected = NpyFile.Read(Reference.V2PathOf("golden", $"mobilevitv2_0.75_10.formula_{height}x{width}.logits.npy")).Values;
        using var model = new OnnxRun(File.ReadAllBytes(folder.PathOf("model.onnx")));
        Assert.IsLessThanOrEqualTo(
            LogitTolerance, Numbers.MaxDifference(expected, model.Run(FormulaWeights.Input(height, width), height, width)[ModelOutputs.Logits]));
    }

    [TestMethod]
    public void Half_precision_halves_the_file_and_keeps_every_first_place()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = Reference.V2PathOf("checkpoints", "mobilevitv2_0.5.pt");
        ConversionReport whole = MobileViTConverter.Convert(checkpoint, folder.PathOf("whole.onnx"));
        ConversionReport half = MobileViTConverter.Convert(
            checkpoint, folder.PathOf("half.onnx"), new ConversionOptions { Precision = WeightPrecision.Float16 });
        Assert.IsLessThan(0.52 * whole.OutputBytes, (double)half.OutputBytes);
        using var model = new OnnxRun(File.ReadAllBytes(half.OutputPath));
        var expected = NpyFile.Read(Reference.V2PathOf("golden", "mobilevitv2_0.5.cvnets2.logits.npy"));
        int photo = 0;
        foreach (float[] crop in Crops("cvnets2"))
        {
            float[] logits = model.Run(crop, 256, 256)[ModelOutputs.Logits];
            Assert.AreEqual(Numbers.Top(expected.Row(photo), 1)[0], Numbers.Top(logits, 1)[0], $"photo {photo}");
            photo++;
        }
    }

    [TestMethod]
    public void The_three_layouts_of_the_same_weights_give_the_same_logits()
    {
        using var folder = new TemporaryFolder();
        float[]? first = null;
        foreach (string name in new[] { "mobilevitv2_0.5.pt", "mobilevitv2_0.5.hf.safetensors", "mobilevitv2_0.5.timm.safetensors" })
        {
            ConversionReport report = MobileViTConverter.Convert(Reference.V2PathOf("checkpoints", name), folder.PathOf("model.onnx"));
            Assert.AreEqual(ImageChannelOrder.Rgb, report.Metadata.Preprocessing.ChannelOrder);
            using var model = new OnnxRun(File.ReadAllBytes(report.OutputPath));
            float[] logits = model.Run(FormulaWeights.Input(256, 256), 256, 256)[ModelOutputs.Logits];
            first ??= logits;
            Assert.IsLessThanOrEqualTo(1e-4, Numbers.MaxDifference(first, logits), name);
        }
    }

    [TestMethod]
    public void What_the_network_does_not_have_is_refused()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = Reference.V2PathOf("checkpoints", "mobilevitv2_0.75_10.pt"), output = folder.PathOf("model.onnx");
        ArgumentException heads = Assert.ThrowsExactly<ArgumentException>(
            () => MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Heads = 4 }));
        StringAssert.Contains(heads.Message, "--heads", StringComparison.Ordinal);
        ArgumentException outputs = Assert.ThrowsExactly<ArgumentException>(
            () => MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Outputs = ModelOutputs.Stages }));
        StringAssert.Contains(outputs.Message, "conv_1x1_exp", StringComparison.Ordinal);
        InvalidDataException variant = Assert.ThrowsExactly<InvalidDataException>(
            () => MobileViTConverter.Convert(checkpoint, output, new ConversionOptions { Variant = MobileViTVariants.S }));
        StringAssert.Contains(variant.Message, "nearest to MobileViTv2-0.75", StringComparison.Ordinal);
        Assert.IsFalse(File.Exists(output));
    }

    /// <summary>
    /// How far the logits of a picture move where every value of it is changed in its last bits, by 6e-8 of itself on average. It is the
    /// bound where it is beyond the tolerance, as no computation in float32 knows such a picture any better: the tabby of width 0.5, which
    /// these random weights move by up to 2e-3. For any other picture it is below 5e-4, and the assertion fails.
    /// </summary>
    private static double LastBits(OnnxRun model, float[] crop, int side, float[] logits) => Enumerable.Range(0, 4).Max(seed =>
    {
        var random = new Random(seed);
        float[] changed = Array.ConvertAll(crop, value => value * (1 + ((random.NextSingle() - 0.5f) * 2.4e-7f)));
        return Numbers.MaxDifference(logits, model.Run(changed, side, side)[ModelOutputs.Logits]);
    });

    /// <summary>The inputs of a golden, in its order.</summary>
    private static IEnumerable<float[]> Crops(string preset) => preset switch
    {
        "cvnets" => GoldenCrops.PhotoNames().Select(static photo => GoldenCrops.Pixels(photo, "cvnets", ImageChannelOrder.Rgb)),
        "hf" => GoldenCrops.PhotoNames().Select(static photo => GoldenCrops.Pixels(photo, "cvnets", ImageChannelOrder.Bgr)),

        // Only those that differ from CVNets' are there.
        "timm2" => GoldenCrops.OfV2("cvnets2").Select(static crop =>
            GoldenCrops.OfV2("timm2").FirstOrDefault(timm => timm.Photo == crop.Photo, crop).Crop).Select(Read),
        _ => GoldenCrops.OfV2(preset).Select(static crop => Read(crop.Crop)),
    };

    private static float[] Read(string crop) => GoldenCrops.Read(crop, ImageChannelOrder.Rgb);
}
