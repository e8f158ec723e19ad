using System.Text.Json.Nodes;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class TimmConfigTests
{
    // As timm's save_for_hf writes it, with five classes.
    private const string Config = """
        {
          "architecture": "mobilevit_xxs", "num_classes": 5, "num_features": 320, "label_names": ["ant", "bee", "cat", "dog", "eel"],
          "pretrained_cfg": {
            "tag": "cvnets_in1k", "custom_load": false, "input_size": [3, 224, 224], "fixed_input_size": false,
            "interpolation": "bilinear", "crop_pct": 0.95, "crop_mode": "center", "mean": [0.0, 0.5, 0.0], "std": [1.0, 1.0, 0.5],
            "num_classes": 5, "pool_size": [8, 8], "first_conv": "stem.conv", "classifier": "head.fc"
          }
        }
        """;

    [TestMethod]
    public void Labels_and_preprocessing_are_read()
    {
        using var folder = Folder(Config);
        foreach (var report in new[] { folder.Convert(), folder.ConvertFile() })
        {
            Assert.AreEqual("ant bee cat dog eel", string.Join(' ', report.Metadata.Labels));
            Assert.AreEqual(
                new ImagePreprocessing
                {
                    ResizeSize = 235,
                    Interpolation = ImageInterpolation.Bilinear,
                    CropRounding = CropRounding.HalfToEven,
                    ChannelOrder = ImageChannelOrder.Rgb,
                    Height = 224,
                    Width = 224,
                    Mean = [0, 0.5f, 0],
                    Std = [1, 1, 0.5f],
                },
                report.Metadata.Preprocessing);
            StringAssert.Contains(ConfigFolder.NotesOf(report).Single(), "labels of 'config.json' and the preprocessing of 'config.json'");
        }
    }

    [TestMethod]
    public void The_published_configuration_is_the_preset()
    {
        JsonObject root = Parse(Config);
        var published = (JsonObject)root["pretrained_cfg"]!;
        published["input_size"] = JsonNode.Parse("[3, 256, 256]");
        published["interpolation"] = "bicubic";
        published["crop_pct"] = 0.9;
        published["mean"] = JsonNode.Parse("[0.0, 0.0, 0.0]");
        published["std"] = JsonNode.Parse("[1.0, 1.0, 1.0]");
        root.Remove("label_names");
        using var folder = Folder(root.ToJsonString());
        Assert.AreEqual(PreprocessingPresets.Get("timm"), folder.Convert().Metadata.Preprocessing);
        Assert.IsEmpty(folder.Convert().Metadata.Labels);

        // The old form has everything at the root.
        root.Remove("pretrained_cfg");
        foreach (var (key, value) in published.ToArray())
        {
            published.Remove(key);
            root[key] = value;
        }

        Assert.AreEqual(PreprocessingPresets.Get("timm"), folder.With("config.json", root.ToJsonString()).Convert().Metadata.Preprocessing);
    }

    [TestMethod]
    public void What_a_configuration_does_not_say_is_the_default_of_timm()
    {
        JsonObject root = Parse(Config);
        root["pretrained_cfg"] = JsonNode.Parse("""{"input_size": [3, 224, 224]}""");
        using var folder = Folder(root.ToJsonString());
        Assert.AreEqual(
            "shorter side to 256, bicubic, centre crop 224×224, RGB, [0, 1], mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
            folder.Convert().Metadata.Preprocessing.ToString());

        root["pretrained_cfg"] = new JsonObject();
        var report = folder.With("config.json", root.ToJsonString()).Convert();
        Assert.AreEqual(PreprocessingPresets.Get("timm"), report.Metadata.Preprocessing);
        Assert.HasCount(2, ConfigFolder.NotesOf(report));
    }

    [TestMethod]
    [DataRow("mobilevitv2_050", 256, 0.888, PreprocessingPresets.TimmV2)]
    [DataRow("mobilevitv2_075", 384, 1.0, PreprocessingPresets.TimmV2At384)]
    [DataRow("mobilevitv2_200", 384, 1.0, PreprocessingPresets.TimmV2At384)]
    public void The_published_configurations_of_version_2_are_its_presets(string name, int side, double share, string preset)
    {
        JsonObject root = Parse(Config);
        root["architecture"] = name;
        root["pretrained_cfg"] = JsonNode.Parse(FormattableString.Invariant(
            $$"""{"input_size": [3, {{side}}, {{side}}], "interpolation": "bicubic", "crop_pct": {{share}}, "mean": [0, 0, 0], "std": [1, 1, 1]}"""));
        using var folder = new ConfigFolder(CheckpointLayout.Timm, architecture: TestModels.TinyV2).With("config.json", root.ToJsonString());
        ModelMetadata metadata = folder.Convert().Metadata;
        Assert.AreEqual(PreprocessingPresets.Get(preset), metadata.Preprocessing);
        Assert.AreEqual("ant bee cat dog eel", string.Join(' ', metadata.Labels));
        root["architecture"] = "mobilevit_xxs";
        folder.With("config.json", root.ToJsonString()).AssertRefused("config.json", "is of a MobileViT,", "MobileViTv2");
    }

    [TestMethod]
    public void A_squash_without_a_crop_is_a_stretch()
    {
        using var folder = Folder(Changed("crop_mode", "\"squash\"", "crop_pct", "1.0"));
        var preprocessing = folder.Convert().Metadata.Preprocessing;
        Assert.AreEqual(ImageResizeMode.Stretch, preprocessing.Resize);
        Assert.AreEqual(224, preprocessing.Height);
    }

    [TestMethod]
    [DataRow("interpolation", "\"lanczos\"", "lanczos", "--preset")]
    [DataRow("interpolation", "\"random\"", "random", "--preset")]
    [DataRow("crop_mode", "\"border\"", "border", "--preset")]
    [DataRow("crop_mode", "\"squash\"", "squash", "--preset")]
    [DataRow("crop_pct", "1.2", "crop_pct", "--preset")]
    [DataRow("crop_pct", "0", "crop_pct", "--preset")]
    [DataRow("input_size", "[3, 224, 256]", "input_size", "--preset")]
    [DataRow("input_size", "[1, 224, 224]", "input_size", "--preset")]
    [DataRow("input_size", "[3, 250, 250]", "multiples of 32", "--input-size")]
    [DataRow("mean", "[0, 0]", "3 numbers")]
    [DataRow("std", "[0, 1, 1]", "Std")]
    public void What_cannot_be_done_is_an_error_and_never_a_guess(string key, string value, params string[] words)
    {
        using var folder = Folder(Changed(key, value));
        folder.AssertRefused(["config.json", .. words]);
    }

    [TestMethod]
    [DataRow("\"mobilevitv2_100\"", 5, "MobileViTv2")]
    [DataRow("\"mobilevitv2_110\"", 5, "mobilevitv2_050")]
    [DataRow("\"resnet18\"", 5, "resnet18")]
    [DataRow("\"mobilevit_xxs\"", 7, "7 classes")]
    public void A_configuration_of_another_model_is_refused_and_beside_a_lone_file_left_alone(string name, int classes, string word)
    {
        JsonObject root = Parse(Config);
        root["architecture"] = JsonNode.Parse(name);
        root["num_classes"] = classes;
        root.Remove("label_names");
        using var folder = Folder(root.ToJsonString());
        folder.AssertRefused("config.json", word);
        var report = folder.ConvertFile();
        StringAssert.Contains(ConfigFolder.NotesOf(report).Single(), word);
        Assert.AreEqual(PreprocessingPresets.Get("timm"), report.Metadata.Preprocessing);
    }

    [TestMethod]
    [DataRow("global_pool", "\"max\"", "\"global_pool\": \"max\"")]
    [DataRow("global_pool", "\"\"", "\"global_pool\": \"\"")]
    [DataRow("global_pool", "1", "\"global_pool\": 1")]
    [DataRow("model_args", "{\"act_layer\": \"relu\"}", "\"act_layer\": \"relu\"")]
    [DataRow("model_args", "{\"num_classes\": 5, \"global_pool\": \"catavgmax\"}", "\"global_pool\": \"catavgmax\"")]
    [DataRow("model_args", "{\"output_stride\": 16}", "\"output_stride\": 16")]
    [DataRow("model_args", "{\"norm_layer\": \"groupnorm\"}", "\"norm_layer\": \"groupnorm\"")]
    [DataRow("model_args", "[1]", "an object")]
    [DataRow("pretrained_cfg", "{\"input_size\": [3, 256, 256], \"global_pool\": \"max\"}", "\"global_pool\": \"max\"")]
    public void A_network_that_computes_something_else_is_refused_and_beside_a_lone_file_left_alone(string key, string value, string word)
    {
        JsonObject root = Parse(Config);
        root[key] = JsonNode.Parse(value);
        using var folder = Folder(root.ToJsonString());
        folder.AssertRefused("config.json", word);
        var report = folder.ConvertFile();
        StringAssert.Contains(ConfigFolder.NotesOf(report).Single(), word);
        Assert.IsEmpty(report.Metadata.Labels);
    }

    [TestMethod]
    public void Arguments_that_change_nothing_are_no_obstacle()
    {
        JsonObject root = Parse(Config);
        root["global_pool"] = "avg";
        root["model_args"] = JsonNode.Parse("""
            {"num_classes": 5, "drop_rate": 0.1, "drop_path_rate": 0.2, "act_layer": "swish", "global_pool": "avg", "in_chans": 3,
             "output_stride": 32, "norm_layer": null}
            """);
        using var folder = Folder(root.ToJsonString());
        Assert.AreEqual("ant bee cat dog eel", string.Join(' ', folder.Convert().Metadata.Labels));
    }

    [TestMethod]
    [DataRow("mean", "[0.5, 0.5, 0.5]")]
    [DataRow("std", "[0.5, 0.5, 0.5]")]
    [DataRow("crop_pct", "1.0")]
    [DataRow("crop_mode", "\"center\"")]
    [DataRow("interpolation", "\"bilinear\"")]
    public void A_preprocessing_without_the_size_of_the_input_is_not_guessed(string key, string value)
    {
        JsonObject root = Parse(Config);
        root["pretrained_cfg"] = new JsonObject { [key] = JsonNode.Parse(value) };
        using var folder = Folder(root.ToJsonString());
        folder.AssertRefused("config.json", $"\"{key}\"", "\"input_size\"", "--preset");

        // Beside a lone file as well: the file belongs to it.
        Assert.ThrowsExactly<InvalidDataException>(() => folder.ConvertFile());
        Assert.AreEqual(
            PreprocessingPresets.Get("squash"), folder.Convert(new ConversionOptions { Preset = "squash" }).Metadata.Preprocessing);
    }

    [TestMethod]
    public void As_many_names_as_classes_are_expected()
    {
        JsonObject root = Parse(Config);
        root["label_names"] = JsonNode.Parse("""["ant", "bee"]""");
        using var folder = Folder(root.ToJsonString());
        folder.AssertRefused("config.json", "2 \"label_names\" for 5 classes");

        root["label_names"] = JsonNode.Parse("""["ant", "bee", "", "dog", "eel"]""");
        folder.With("config.json", root.ToJsonString()).AssertRefused("config.json", "\"label_names\"", "class 2", "blank");
    }

    private static ConfigFolder Folder(string config) => new ConfigFolder(CheckpointLayout.Timm).With("config.json", config);

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    /// <summary>The configuration with other values in <c>pretrained_cfg</c>: keys and values in turn.</summary>
    private static string Changed(params string[] changes)
    {
        JsonObject root = Parse(Config);
        foreach (string[] change in changes.Chunk(2))
        {
            root["pretrained_cfg"]![change[0]] = JsonNode.Parse(change[1]);
        }

        return root.ToJsonString();
    }
}
