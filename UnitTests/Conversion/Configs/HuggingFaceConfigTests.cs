using System.Text;
using System.Text.Json.Nodes;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class HuggingFaceConfigTests
{
    private static readonly string Config = File.ReadAllText(Reference.InRepository("UnitTests", "Data", "hf-folder", "config.json"));

    private static readonly string Preprocessor =
        File.ReadAllText(Reference.InRepository("UnitTests", "Data", "hf-folder", "preprocessor_config.json"));

    private static readonly string[] Flowers = ["daisy", "dandelion", "roses", "sunflowers", "tulips"];

    private static readonly ImagePreprocessing OfTheFolder = new()
    {
        ResizeSize = 224,
        Interpolation = ImageInterpolation.Bicubic,
        ChannelOrder = ImageChannelOrder.Rgb,
        Height = 224,
        Width = 224,
    };

    [TestMethod]
    [DataRow("model.safetensors")]
    [DataRow("pytorch_model.bin")]
    public async Task A_folder_is_converted_with_its_labels_and_its_preprocessing(string weights)
    {
        using var folder = Folder(weights: weights);
        var run = await CommandRun.Of("convert", folder.Root, "-o", folder.Output);
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, "labels of 'config.json'");
        StringAssert.Contains(run.Output, "preprocessing of 'preprocessor_config.json'");
        var metadata = folder.Metadata;
        CollectionAssert.AreEqual(Flowers, metadata.Labels.ToArray());
        Assert.AreEqual(OfTheFolder, metadata.Preprocessing);
        Assert.AreEqual(weights, metadata.SourceFile);

        var inspected = await CommandRun.Of("inspect", folder.Root);
        inspected.AssertSucceeded();
        StringAssert.Contains(inspected.Output, "5 (daisy … tulips)");
        StringAssert.Contains(inspected.Output, OfTheFolder.ToString());
    }

    [TestMethod]
    public void A_lone_file_looks_beside_itself_and_says_so()
    {
        using var folder = Folder();
        var report = folder.ConvertFile();
        CollectionAssert.AreEqual(Flowers, report.Metadata.Labels.ToArray());
        Assert.AreEqual(OfTheFolder, report.Metadata.Preprocessing);
        StringAssert.Contains(ConfigFolder.NotesOf(report).Single(), "labels of 'config.json' and the preprocessing of 'preprocessor_config.json'");
        Assert.IsFalse(report.Notes.Any(ConfigFolder.IsAssumption));
    }

    [TestMethod]
    public void What_the_caller_says_comes_first()
    {
        using var folder = Folder();
        string[] own = ["a", "b", "c", "d", "e"];
        var report = folder.Convert(new ConversionOptions { Labels = own, Preset = "squash", Height = 64, Width = 96 });
        CollectionAssert.AreEqual(own, report.Metadata.Labels.ToArray());
        Assert.AreEqual(PreprocessingPresets.Get("squash", 64, 96), report.Metadata.Preprocessing);
        Assert.IsEmpty(ConfigFolder.NotesOf(report));
        Assert.IsEmpty(folder.Convert(new ConversionOptions { Labels = [] }).Metadata.Labels);

        // Another size keeps the share of the picture that the crop takes.
        folder.With("preprocessor_config.json", Changed(Preprocessor, "size", """{"shortest_edge": 256}"""));
        Assert.AreEqual(
            OfTheFolder with { ResizeSize = 512, Height = 448, Width = 320 },
            folder.Convert(new ConversionOptions { Height = 448, Width = 320 }).Metadata.Preprocessing);
    }

    [TestMethod]
    [DataRow("""{"feature_extractor_type": "MobileViTFeatureExtractor", "size": 288, "crop_size": 256, "resample": 2}""",
        "shorter side to 288, bilinear, centre crop 256×256, BGR, [0, 1]", DisplayName = "as Apple's models have it")]
    [DataRow("""{"image_processor_type": "MobileViTImageProcessorFast", "size": {"shortest_edge": 288}, "crop_size": null, "image_mean": null}""",
        "shorter side to 288, bilinear, centre crop 256×256, BGR, [0, 1]", DisplayName = "null is the default")]
    [DataRow("""{"size": {"height": 160, "width": 192}, "do_center_crop": false, "do_flip_channel_order": false}""",
        "stretch to 160×192 (height × width), bilinear, RGB, [0, 1]", DisplayName = "stretched, no crop")]
    [DataRow("""{"size": {"height": 160, "width": 160}, "crop_size": {"height": 160, "width": 160}, "resample": 3}""",
        "stretch to 160×160, bicubic, BGR, [0, 1]", DisplayName = "stretched, a crop of all")]
    [DataRow("""{"size": 64, "crop_size": 64, "do_rescale": true, "rescale_factor": 0.00392156862745098}""",
        "shorter side to 64, bilinear, centre crop 64×64, BGR, [0, 1]", DisplayName = "1/255 as files have it")]
    [DataRow("""{"size": 64, "crop_size": 64, "do_flip_channel_order": false, "do_normalize": true, "image_mean": [0.5, 0.25, 0], "image_std": 0.5}""",
        "shorter side to 64, bilinear, centre crop 64×64, RGB, [0, 1], mean 0.5 0.25 0, std 0.5 0.5 0.5", DisplayName = "normalised")]
    [DataRow("""{"size": 64, "crop_size": 64, "do_flip_channel_order": false, "do_normalize": false, "image_mean": [0.5, 0.25, 0], "image_std": 0.5}""",
        "shorter side to 64, bilinear, centre crop 64×64, RGB, [0, 1]", DisplayName = "a mean that is not used")]
    [DataRow("""{"size": 64, "crop_size": 64, "rescale_factor": 0.00784313725490196, "do_normalize": true, "image_mean": 1, "image_std": 1}""",
        "shorter side to 64, bilinear, centre crop 64×64, BGR, [0, 1], mean 0.5 0.5 0.5, std 0.5 0.5 0.5", DisplayName = "rescaled to [-1, 1]")]
    [DataRow("""{"size": {"shortest_edge": 288.0}, "crop_size": {"height": 2.56e2, "width": 256}, "resample": 2.0}""",
        "shorter side to 288, bilinear, centre crop 256×256, BGR, [0, 1]", DisplayName = "whole numbers with a point")]
    public void Every_way_to_write_a_preprocessing_is_read(string json, string expected)
    {
        using var folder = Folder(preprocessor: json);
        Assert.AreEqual(expected, folder.Convert().Metadata.Preprocessing.ToString());
    }

    [TestMethod]
    [DataRow("resample", "1", "lanczos", "--preset")]
    [DataRow("resample", "0", "nearest", "--preset")]
    [DataRow("resample", "17", "no filter", "--preset")]
    [DataRow("resample", "\"bicubic\"", "whole number")]
    [DataRow("do_resize", "false", "--preset")]
    [DataRow("do_center_crop", "false", "--preset")]
    [DataRow("do_center_crop", "\"no\"", "true or false")]
    [DataRow("size", "{\"shortest_edge\": 192}", "larger than the shorter side", "--preset")]
    [DataRow("size", "{\"shortest_edge\": 192, \"longest_edge\": 300}", "shortest_edge, or height and width")]
    [DataRow("size", "{\"height\": 256, \"width\": 256}", "stretched", "--preset")]
    [DataRow("size", "{\"height\": 0, \"width\": 256}", "between 1 and")]
    [DataRow("size", "\"large\"", "an object")]
    [DataRow("size", "{\"shortest_edge\": 288.5}", "a whole number")]
    [DataRow("size", "{\"shortest_edge\": 1e300}", "a whole number")]
    [DataRow("crop_size", "{\"height\": 200, \"width\": 200}", "multiples of 32", "--input-size")]
    [DataRow("rescale_factor", "-1", "above 0")]
    [DataRow("do_normalize", "true", "image_mean")]
    public void What_cannot_be_done_is_an_error_and_never_a_guess(string key, string value, params string[] words)
    {
        using var folder = Folder(preprocessor: Changed(Preprocessor, key, value));
        folder.AssertRefused(["preprocessor_config.json", .. words]);

        // Beside a lone file as well: the files belong to it.
        Assert.ThrowsExactly<InvalidDataException>(() => folder.ConvertFile());
        Assert.AreEqual(
            PreprocessingPresets.Get("squash"), folder.Convert(new ConversionOptions { Preset = "squash" }).Metadata.Preprocessing);
    }

    [TestMethod]
    public void The_order_of_flipping_and_normalising_is_not_guessed()
    {
        using var folder = Folder(preprocessor: """
            {"size": 64, "crop_size": 64, "do_normalize": true, "image_mean": [0.1, 0.2, 0.3], "image_std": 1}
            """);
        folder.AssertRefused("preprocessor_config.json", "do_flip_channel_order");
    }

    [TestMethod]
    [DataRow("model_type", "\"mobilevitv2\"", "architectures", "MobileViTV2ForImageClassification")]
    [DataRow("model_type", "\"resnet\"", "resnet", "mobilevit")]
    [DataRow("architectures", "[\"MobileViTForSemanticSegmentation\"]", "MobileViTForSemanticSegmentation", "MobileViTForImageClassification")]
    [DataRow("architectures", "7", "a list of texts")]
    [DataRow("hidden_act", "\"gelu\"", "hidden_act", "gelu")]
    [DataRow("output_stride", "16", "output_stride", "16")]
    [DataRow("patch_size", "4", "patch_size")]
    [DataRow("layer_norm_eps", "1e-12", "layer_norm_eps")]
    [DataRow("id2label", "{\"0\": \"a\", \"2\": \"b\", \"3\": \"c\", \"4\": \"d\", \"5\": \"e\"}", "id2label", "without a gap")]
    [DataRow("id2label", "{\"0\": \"a\", \"one\": \"b\"}", "id2label", "'one'")]
    [DataRow("id2label", "{\"0\": \"a\", \"1\": \"b\"}", "2 classes", "have 5")]
    public void A_configuration_of_another_model_is_refused_and_beside_a_lone_file_left_alone(string key, string value, params string[] words)
    {
        using var folder = Folder(config: Changed(Config, key, value));
        folder.AssertRefused(["config.json", .. words]);

        var report = folder.ConvertFile();
        Assert.IsEmpty(report.Metadata.Labels);
        Assert.AreEqual(PreprocessingPresets.Get("cvnets"), report.Metadata.Preprocessing);
        StringAssert.StartsWith(ConfigFolder.NotesOf(report).Single(), "Not taken: the file '");
        StringAssert.Contains(ConfigFolder.NotesOf(report).Single(), words[0]);
    }

    [TestMethod]
    [DataRow("{")]
    [DataRow("[]")]
    [DataRow("")]
    [DataRow("{\"name\": \"a web project\"}")]
    [DataRow("{\"model_type\": \"mobilevit\"}garbage{")]
    [DataRow("{\"model_type\": \"mobilevit\"}{}")]
    [DataRow("{\"model_type\": \"mobilevit\", \"id2label\": {\"0\": \"\\ud800x\"}}")]
    [DataRow("{\"model_type\": \"mobilevit\", \"\\udc00\": 1}")]
    public void A_file_of_something_else_is_refused_and_beside_a_lone_file_left_alone(string json)
    {
        using var folder = Folder(config: json);
        folder.AssertRefused("config.json");
        StringAssert.Contains(ConfigFolder.NotesOf(folder.ConvertFile()).Single(), "config.json");
    }

    [TestMethod]
    public void A_file_that_is_not_UTF8_is_refused_by_its_line_and_beside_a_lone_file_left_alone()
    {
        using var folder = Folder();
        string json = "{\"model_type\": \"mobilevit\",\n\"id2label\": {\"0\": \"p\u00E2querette\"}}";
        File.WriteAllBytes(Path.Combine(folder.Root, "config.json"), Encoding.Latin1.GetBytes(json));
        folder.AssertRefused("config.json", "UTF-8", "line 2");
        StringAssert.Contains(ConfigFolder.NotesOf(folder.ConvertFile()).Single(), "UTF-8");
    }

    [TestMethod]
    public void A_file_that_is_too_large_is_refused_and_beside_a_lone_file_left_alone()
    {
        using var folder = Folder(config: Config + new string(' ', 16 << 20));
        folder.AssertRefused("config.json", "16 MiB");
        StringAssert.Contains(ConfigFolder.NotesOf(folder.ConvertFile()).Single(), "16 MiB");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("config.json")]
    [DataRow("preprocessor_config.json")]
    public void Pipes_and_devices_are_refused_without_being_opened_and_beside_a_lone_file_left_alone(string name)
    {
        using var folder = Folder();
        string path = Path.Combine(folder.Root, name);
        File.Delete(path);
        Shell.Run("mkfifo", path);
        AssertNotOpened("pipe");
        File.Delete(path);
        File.CreateSymbolicLink(path, "/dev/zero");
        AssertNotOpened("device");

        // Opening a pipe that nobody writes to would wait for ever.
        void AssertNotOpened(string kind) => Assert.IsTrue(
            Task.Run(() =>
            {
                folder.AssertRefused(name, kind, "not opened");
                StringAssert.Contains(ConfigFolder.NotesOf(folder.ConvertFile()).Single(), kind);
            }).Wait(TimeSpan.FromSeconds(60)),
            $"The {kind} was opened.");
    }

    [TestMethod]
    public void Weights_of_another_layout_are_not_those_of_the_files()
    {
        using var folder = new ConfigFolder(CheckpointLayout.Cvnets).With("config.json", Config);
        folder.AssertRefused("config.json", "huggingface", "cvnets");
        StringAssert.Contains(ConfigFolder.NotesOf(folder.ConvertFile()).Single(), "cvnets");
    }

    [TestMethod]
    public void Without_a_preprocessor_the_preset_is_taken_and_said()
    {
        using var folder = Folder();
        File.Delete(Path.Combine(folder.Root, "preprocessor_config.json"));
        var report = folder.Convert();
        Assert.AreEqual(PreprocessingPresets.Get("cvnets"), report.Metadata.Preprocessing);
        Assert.HasCount(2, ConfigFolder.NotesOf(report));
        StringAssert.Contains(ConfigFolder.NotesOf(report)[1], "preprocessor_config.json");
        Assert.IsTrue(ConfigFolder.IsAssumption(report.Notes[^1]));

        // A preprocessor alone must say whose it is.
        File.Delete(Path.Combine(folder.Root, "config.json"));
        folder.With("preprocessor_config.json", Preprocessor).AssertRefused("preprocessor_config.json");
        folder.With("preprocessor_config.json", Changed(Preprocessor, "image_processor_type", "\"ViTImageProcessor\""))
            .AssertRefused("ViTImageProcessor");
        folder.With("preprocessor_config.json", Changed(Preprocessor, "image_processor_type", "\"MobileViTImageProcessor\""));
        Assert.AreEqual(OfTheFolder, folder.Convert().Metadata.Preprocessing);
    }

    [TestMethod]
    public void Names_that_stand_twice_get_their_number()
    {
        using var folder = Folder(config: Changed(Config, "id2label", """{"4": "e", "0": "crane", "2": "crane", "3": "d", "1": "b"}"""));
        Assert.AreEqual("crane (0), b, crane (2), d, e", string.Join(", ", folder.Convert().Metadata.Labels));
    }

    [TestMethod]
    public void The_number_of_a_name_does_not_make_it_another_name()
    {
        using var folder = Folder(config: Changed(Config, "id2label", """{"0": "a", "1": "a", "2": "a (0)", "3": "b", "4": "a (1) "}"""));
        Assert.AreEqual("a (0) (0), a (1) (1), a (0), b, a (1)", string.Join(", ", folder.Convert().Metadata.Labels));
    }

    [TestMethod]
    [DataRow("", "blank")]
    [DataRow(" \\n", "blank")]
    [DataRow("a\\tb", "tab")]
    [DataRow("a\\nb", "control character")]
    [DataRow("a\\u0000b", "control character")]
    public void A_name_that_a_label_file_may_not_have_is_refused_unless_others_are_given(string name, string word)
    {
        using var folder = Folder(
            config: Changed(Config, "id2label", $$"""{"0": "a", "1": "b", "2": "{{name}}", "3": "d", "4": "e"}"""));
        folder.AssertRefused("config.json", "class 2", word, "--labels");
        StringAssert.Contains(ConfigFolder.NotesOf(folder.ConvertFile()).Single(), word);
        Assert.HasCount(5, folder.Convert(new ConversionOptions { Labels = Flowers }).Metadata.Labels);
    }

    private const string V2Config = """
        {
          "architectures": ["MobileViTV2ForImageClassification"], "model_type": "mobilevitv2", "hidden_act": "swish", "width_multiplier": 1.0,
          "n_attn_blocks": [2, 4, 3], "base_attn_unit_dims": [128, 192, 256], "patch_size": 2, "output_stride": 32, "layer_norm_eps": 1e-05,
          "id2label": {"0": "daisy", "1": "dandelion", "2": "roses", "3": "sunflowers", "4": "tulips"}
        }
        """;

    // As the hub has it beside Apple's weights of version 2, but for the size.
    private const string V2Preprocessor = """
        {
          "image_processor_type": "MobileViTImageProcessor", "do_resize": true, "size": {"shortest_edge": 96}, "resample": 2,
          "do_center_crop": true, "crop_size": {"height": 64, "width": 64}, "do_rescale": true, "rescale_factor": 0.00392156862745098,
          "do_flip_channel_order": true
        }
        """;

    [TestMethod]
    public void A_network_of_version_2_with_classes_of_its_own_has_the_preprocessing_of_its_folder()
    {
        using var folder = new ConfigFolder(CheckpointLayout.HuggingFace, architecture: TestModels.TinyV2)
            .With("config.json", V2Config)
            .With("preprocessor_config.json", V2Preprocessor);
        ConversionReport report = folder.Convert();
        CollectionAssert.AreEqual(Flowers, report.Metadata.Labels.ToArray());
        Assert.AreEqual(PreprocessingPresets.Get(PreprocessingPresets.HuggingFaceV2, 64, 64), report.Metadata.Preprocessing);
        StringAssert.Contains(report.Notes[^1], "choose --preset cvnets-v2");
        Assert.IsFalse(report.Notes[^1].Contains("odd maps", StringComparison.Ordinal));

        folder.With("config.json", Config).AssertRefused("config.json", "is of a MobileViT,", "MobileViTv2");
        File.Delete(Path.Combine(folder.Root, "config.json"));
        File.Delete(Path.Combine(folder.Root, "preprocessor_config.json"));
        report = folder.Convert(new ConversionOptions { Height = 96, Width = 96 });
        Assert.AreEqual(PreprocessingPresets.Get(PreprocessingPresets.CvnetsV2, 96, 96), report.Metadata.Preprocessing);
        StringAssert.Contains(report.Notes[^1], "--preset huggingface-v2");
        StringAssert.Contains(report.Notes[^1], "odd maps");
    }

    [TestMethod]
    [DataRow(288, 256, PreprocessingPresets.CvnetsV2)]
    [DataRow(416, 384, PreprocessingPresets.CvnetsV2At384)]
    public void The_published_networks_of_version_2_have_the_preprocessing_of_their_training(int shorterSide, int side, string preset)
    {
        JsonNode config = JsonNode.Parse(V2Config)!;
        ((JsonObject)config).Remove("id2label");
        JsonNode preprocessor = JsonNode.Parse(V2Preprocessor)!;
        preprocessor["size"]!["shortest_edge"] = shorterSide;
        preprocessor["crop_size"] = new JsonObject { ["height"] = side, ["width"] = side };
        using var folder = new ConfigFolder(CheckpointLayout.HuggingFace, architecture: MobileViTVariants.Get("v2-0.5"))
            .With("config.json", config.ToJsonString())
            .With("preprocessor_config.json", preprocessor.ToJsonString());
        ConversionReport report = folder.Convert();
        Assert.AreEqual(PreprocessingPresets.Get(preset), report.Metadata.Preprocessing);
        StringAssert.Contains(report.Notes[0], "only the size is taken");
        StringAssert.Contains(report.Notes[^1], "--preset huggingface-v2");

        // Somebody's own choice stands.
        preprocessor["resample"] = 3;
        report = folder.With("preprocessor_config.json", preprocessor.ToJsonString()).Convert();
        Assert.AreEqual(ImageChannelOrder.Bgr, report.Metadata.Preprocessing.ChannelOrder);
        Assert.AreEqual(ImageInterpolation.Bicubic, report.Metadata.Preprocessing.Interpolation);
    }

    [TestMethod]
    public void The_attention_heads_are_read()
    {
        using var folder = Folder(config: Changed(Config, "num_attention_heads", "2"));
        Assert.AreEqual(2, MobileViTArchitecture.FromJson(folder.Convert().Metadata.Architecture).Transformers.First().Heads);
        Assert.AreEqual(
            8, MobileViTArchitecture.FromJson(folder.Convert(new ConversionOptions { Heads = 8 }).Metadata.Architecture).Transformers.First().Heads);
    }

    [TestMethod]
    public void A_folder_without_weights_or_with_weights_in_parts_is_refused()
    {
        using var folder = Folder();
        File.Move(folder.Weights, folder.Weights + ".index.json");
        folder.AssertRefused("model.safetensors.index.json", "parts");
        File.Delete(folder.Weights + ".index.json");
        folder.AssertRefused(folder.Root, "model.safetensors", "pytorch_model.bin");
    }

    [TestMethod]
    [DataRow("model.safetensors")]
    [DataRow("config.json")]
    [DataRow("preprocessor_config.json")]
    public void No_file_that_is_read_is_written_over(string name)
    {
        using var folder = Folder();
        string path = Path.Combine(folder.Root, name);
        byte[] before = File.ReadAllBytes(path);
        Assert.ThrowsExactly<ArgumentException>(() => MobileViTConverter.Convert(folder.Root, path));
        Assert.ThrowsExactly<ArgumentException>(() => MobileViTConverter.Convert(folder.Weights, path));
        CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
    }

    private static ConfigFolder Folder(string? config = null, string? preprocessor = null, string weights = "model.safetensors") =>
        new ConfigFolder(CheckpointLayout.HuggingFace, weights)
            .With("config.json", config ?? Config)
            .With("preprocessor_config.json", preprocessor ?? Preprocessor);

    private static string Changed(string json, string key, string value)
    {
        JsonNode root = JsonNode.Parse(json)!;
        root[key] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
