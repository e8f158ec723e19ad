namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ModelMetadataTests
{
    private static readonly ModelMetadata Sample = new()
    {
        Variant = "xxs",
        Architecture = "{}",
        Labels = ["crane", "crane", "<b>&\"é\""],
        Preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm, 224, 320),
        Parameters = 1_272_024,
        Macs = 1,
        SourceFile = "mobilevit_xxs.pt",
        SourceSha256 = new string('0', 64),
        SourceLayout = "cvnets",
        License = "A note.",
        WeightsSha256 = new string('1', 64),
    };

    [TestMethod]
    public void Properties_come_back_as_they_were_written()
    {
        var back = ModelMetadata.FromProperties(new Dictionary<string, string>(Sample.ToProperties()), "a test");
        CollectionAssert.AreEqual(Sample.Labels.ToArray(), back.Labels.ToArray());
        Assert.AreEqual(Sample, back with { Labels = Sample.Labels });
    }

    [TestMethod]
    public void What_is_computed_in_8_bits_comes_back_too()
    {
        ModelQuantization[] samples =
        [
            new() { Level = "linear", FloatWeightsSha256 = new string('2', 64) },
            new()
            {
                Level = "full",
                FloatLayers = ["layer_1.0.conv_1x1", "é\""],
                ReduceRange = true,
                FloatWeightsSha256 = new string('2', 64),
                CalibrationImages = 128,
                CalibrationSha256 = new string('3', 64),
                ComparedImages = 127,
                SameLabel = 126.0 / 127,
                MeanDifference = 0.1 + 0.2,
            },
        ];
        foreach (ModelQuantization sample in samples)
        {
            var properties = new Dictionary<string, string>((Sample with { Quantization = sample }).ToProperties());
            Assert.AreEqual(sample, ModelMetadata.FromProperties(properties, "a test").Quantization);
        }

        Assert.IsFalse(Sample.ToProperties().Any(static property => property.Key == ModelMetadataKeys.Quantization));
    }

    [TestMethod]
    [DataRow("null")]
    [DataRow("{}")]
    [DataRow("""{"level":"full"}""")]
    [DataRow("""{"level":null,"float_weights_sha256":"2"}""")]
    [DataRow("""{"level":"full","float_weights_sha256":"2","float_layers":null}""")]
    [DataRow("""{"level":"full","float_weights_sha256":"2","float_layers":[null]}""")]
    [DataRow("""{"level":"full","float_weights_sha256":"2","same_label":1.5}""")]
    [DataRow("""{"level":"full","float_weights_sha256":"2","mean_difference":-1}""")]
    [DataRow("""{"level":"full","float_weights_sha256":"2","calibration_images":-1}""")]
    [DataRow("""{"level":"full","float_weights_sha256":"2","compared_images":-1}""")]
    public void Quantization_out_of_form_is_named(string json)
    {
        var properties = new Dictionary<string, string>(Sample.ToProperties()) { [ModelMetadataKeys.Quantization] = json };
        var malformed = Assert.ThrowsExactly<InvalidDataException>(() => ModelMetadata.FromProperties(properties, "f.onnx"));
        StringAssert.Contains(malformed.Message, ModelMetadataKeys.Quantization);
        StringAssert.Contains(malformed.Message, "f.onnx");
    }

    [TestMethod]
    public void Each_missing_or_malformed_key_is_named()
    {
        foreach (string key in Sample.ToProperties().Select(property => property.Key))
        {
            var properties = new Dictionary<string, string>(Sample.ToProperties());
            properties.Remove(key);
            if (key is not (ModelMetadataKeys.Labels or ModelMetadataKeys.ReadableFrom))
            {
                var missing = Assert.ThrowsExactly<InvalidDataException>(() => ModelMetadata.FromProperties(properties, "f.onnx"));
                StringAssert.Contains(missing.Message, key);
                StringAssert.Contains(missing.Message, "f.onnx");
            }
        }

        foreach (string key in new[]
                 {
                     ModelMetadataKeys.FormatVersion, ModelMetadataKeys.ReadableFrom, ModelMetadataKeys.Labels, ModelMetadataKeys.Preprocessing,
                     ModelMetadataKeys.Parameters, ModelMetadataKeys.Macs, ModelMetadataKeys.Quantization,
                 })
        {
            var properties = new Dictionary<string, string>(Sample.ToProperties()) { [key] = "[nonsense" };
            var malformed = Assert.ThrowsExactly<InvalidDataException>(() => ModelMetadata.FromProperties(properties, "f.onnx"));
            StringAssert.Contains(malformed.Message, key);
        }
    }

    [TestMethod]
    [DataRow("1", null)]
    [DataRow("2", "2")]
    [DataRow("9", "2")]
    [DataRow("9", "1")]
    public void A_version_is_read_if_it_says_so(string version, string? readableFrom)
    {
        Dictionary<string, string> properties = Versions(version, readableFrom);
        properties.Add("mobilevit.later", "passed over");
        Assert.AreEqual(Sample.Variant, ModelMetadata.FromProperties(properties, "f.onnx").Variant);
    }

    [TestMethod]
    [DataRow("9", null, "version 9 or later understand")]
    [DataRow("9", "3", "version 3 or later understand")]
    [DataRow("0", null, "reads versions from 1 on")]
    public void Other_versions_are_refused_with_what_to_do(string version, string? readableFrom, string message)
    {
        var refused = Assert.ThrowsExactly<InvalidDataException>(
            () => ModelMetadata.FromProperties(Versions(version, readableFrom), "f.onnx"));
        StringAssert.Contains(refused.Message, message);
        StringAssert.Contains(refused.Message, "Convert the checkpoint again", StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    [DataRow("{}")]
    [DataRow("null")]
    [DataRow("""{"resize":"stretch","height":0,"width":256}""")]
    [DataRow("""{"resize":"stretch","height":256,"width":256,"surprise":1}""")]
    [DataRow("""{"resize":"shorter_side","resize_size":100,"height":256,"width":256}""")]
    [DataRow("""{"resize":"stretch","height":256,"width":256,"mean":[0.5]}""")]
    [DataRow("""{"resize":"stretch","height":256,"width":256,"std":[1,0,1]}""")]
    [DataRow("""{"resize":"stretch","height":256,"width":256,"mean":null}""")]
    public void Preprocessing_out_of_form_is_refused(string json) =>
        Assert.ThrowsExactly<FormatException>(() => ImagePreprocessing.FromJson(json));

    private static Dictionary<string, string> Versions(string version, string? readableFrom)
    {
        var properties = new Dictionary<string, string>(Sample.ToProperties()) { [ModelMetadataKeys.FormatVersion] = version };
        properties.Remove(ModelMetadataKeys.ReadableFrom);
        if (readableFrom is not null)
        {
            properties.Add(ModelMetadataKeys.ReadableFrom, readableFrom);
        }

        return properties;
    }

    [TestMethod]
    [DataRow(PreprocessingPresets.Cvnets, 256, 288)]
    [DataRow(PreprocessingPresets.Cvnets, 128, 144)]
    [DataRow(PreprocessingPresets.Timm, 256, 284)]
    [DataRow(PreprocessingPresets.Squash, 256, 0)]
    [DataRow(PreprocessingPresets.CvnetsV2, 256, 288)]
    [DataRow(PreprocessingPresets.CvnetsV2At384, null, 384)]
    [DataRow(PreprocessingPresets.TimmV2, 256, 288)]
    [DataRow(PreprocessingPresets.TimmV2At384, null, 384)]
    [DataRow(PreprocessingPresets.HuggingFaceV2, 256, 288)]
    [DataRow(PreprocessingPresets.HuggingFaceV2, 384, 416)]
    public void Presets_resize_to_the_published_size(string preset, int? input, int resize) =>
        Assert.AreEqual(resize, PreprocessingPresets.Get(preset, input, input).ResizeSize);
}
