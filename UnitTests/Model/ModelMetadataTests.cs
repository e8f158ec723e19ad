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
    public void Each_missing_or_malformed_key_is_named()
    {
        foreach (string key in Sample.ToProperties().Select(property => property.Key))
        {
            var properties = new Dictionary<string, string>(Sample.ToProperties());
            properties.Remove(key);
            if (key != ModelMetadataKeys.Labels)
            {
                var missing = Assert.ThrowsExactly<InvalidDataException>(() => ModelMetadata.FromProperties(properties, "f.onnx"));
                StringAssert.Contains(missing.Message, key);
                StringAssert.Contains(missing.Message, "f.onnx");
            }
        }

        foreach (string key in new[]
                 {
                     ModelMetadataKeys.FormatVersion, ModelMetadataKeys.Labels, ModelMetadataKeys.Preprocessing,
                     ModelMetadataKeys.Parameters, ModelMetadataKeys.Macs,
                 })
        {
            var properties = new Dictionary<string, string>(Sample.ToProperties()) { [key] = "[nonsense" };
            var malformed = Assert.ThrowsExactly<InvalidDataException>(() => ModelMetadata.FromProperties(properties, "f.onnx"));
            StringAssert.Contains(malformed.Message, key);
        }
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

    [TestMethod]
    [DataRow(PreprocessingPresets.Cvnets, 256, 288)]
    [DataRow(PreprocessingPresets.Cvnets, 128, 144)]
    [DataRow(PreprocessingPresets.Timm, 256, 284)]
    [DataRow(PreprocessingPresets.Squash, 256, 0)]
    public void Presets_resize_to_the_published_size(string preset, int input, int resize) =>
        Assert.AreEqual(resize, PreprocessingPresets.Get(preset, input, input).ResizeSize);
}
