using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>What a saved pipeline says of its steps is checked as what is given by hand, and goes with the pipeline.</summary>
[TestClass]
public sealed class SavedStepTests
{
    private static readonly ClassificationStep Step = new()
    {
        InputColumnName = "Path",
        OutputColumnName = "PredictedLabel",
        Preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm) with { Mean = [0.5f, 0.5f, 0.5f], Std = [0.2f, 0.2f, 0.2f] },
        Options = new MobileViTClassificationOptions { AdditionalOutputs = [new("Stage", "layer_3")], ImageFolder = "photos" },
        InputKind = ImageColumnKind.Decoded,
        ImageSize = [30, 40],
        Labels = ["ant", "bee"],
        ModelLength = 1000,
        Outputs = [new("logits", 2)],
    };

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void A_step_survives()
    {
        var again = ImageStep.FromJson(Step.ToJson());

        Assert.AreEqual(Step.ToJson(), again.ToJson());
        Assert.AreEqual(Step.Preprocessing, again.Preprocessing);
        Assert.IsInstanceOfType<ClassificationStep>(again);
    }

    [TestMethod]
    [DataRow("\"batch_size\":1", "\"batch_size\":0")]
    [DataRow("\"batch_size\":1", "\"batch_size\":-1")]
    [DataRow("\"batch_size\":1", "\"batch_size\":1025")]
    [DataRow("\"threads\":0", "\"threads\":-1")]
    [DataRow("\"threads\":0", "\"threads\":1025")]
    [DataRow("\"max_pixels\":178956970", "\"max_pixels\":0")]
    [DataRow("\"max_pixels\":178956970", "\"max_pixels\":500000001")]
    [DataRow("\"top_k\":5", "\"top_k\":0")]
    [DataRow("\"top_k\":5", "\"top_k\":5.5")]
    [DataRow("\"bad_images\":\"throw\"", "\"bad_images\":\"ignore\"")]
    [DataRow("\"bad_images\":\"throw\"", "\"bad_images\":7")]
    [DataRow("\"error_column_name\":\"Error\"", "\"error_column_name\":\"\"")]
    [DataRow("\"score_column_name\":\"Score\"", "\"score_column_name\":null")]
    [DataRow("\"image_folder\":\"photos\"", "\"image_folder\":null")]
    [DataRow("\"image_folder\":\"photos\"", "\"image_folder\":\"a\\u0000b\"")]
    [DataRow("\"additional_outputs\":[{", "\"additional_outputs\":[null,{")]
    [DataRow("\"model_output\":\"layer_3\"", "\"model_output\":\"\"")]
    [DataRow("\"input_column_name\":\"Path\"", "\"input_column_name\":\"\"")]
    [DataRow("\"output_column_name\":\"PredictedLabel\"", "\"output_column_name\":null")]
    [DataRow("\"kind\":\"classify\"", "\"kind\":\"featurize\"")]
    [DataRow("\"kind\":\"classify\"", "\"kind\":\"preprocess\"")]
    [DataRow("\"kind\":\"classify\"", "\"kind\":\"classify, featurize\"")]
    [DataRow("\"labels\":[\"ant\",\"bee\"]", "\"labels\":[]")]
    [DataRow("\"labels\":[\"ant\",\"bee\"]", "\"labels\":[\"ant\",null]")]
    [DataRow("\"labels\":[\"ant\",\"bee\"]", "\"labels\":null")]
    [DataRow("\"image_size\":[30,40]", "\"image_size\":[30]")]
    [DataRow("\"image_size\":[30,40]", "\"image_size\":[30,0]")]
    [DataRow("\"input_kind\":\"decoded\"", "\"input_kind\":\"path\"")]
    [DataRow("\"model_length\":1000", "\"model_length\":0")]
    [DataRow("\"model_length\":1000", "\"model_length\":-5")]
    [DataRow("\"length\":2", "\"length\":0")]
    [DataRow("\"outputs\":[", "\"outputs\":[null,")]
    [DataRow("\"height\":256", "\"height\":0")]
    [DataRow("\"height\":256", "\"height\":4097")]
    [DataRow("\"resize_size\":284", "\"resize_size\":1")]
    [DataRow("\"interpolation\":\"bicubic\"", "\"interpolation\":\"nearest\"")]
    [DataRow("\"mean\":[0.5,", "\"mean\":[")]
    [DataRow("\"std\":[0.2,", "\"std\":[0,")]
    [DataRow("\"std\":[0.2,0.2,0.2]", "\"std\":null")]
    [DataRow("\"preprocessing\":{", "\"preprocessing\":null,\"more\":{")]
    [DataRow("\"options\":{", "\"options\":{\"a_later_option\":true,")]
    [DataRow("\"options\":{", "\"options\":null,\"more\":{")]
    public void A_setting_that_would_be_refused_from_a_user_is_refused_from_a_file(string text, string damaged)
    {
        string json = Step.ToJson();
        StringAssert.Contains(json, text, StringComparison.Ordinal);

        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => ImageStep.FromJson(json.Replace(text, damaged, StringComparison.Ordinal)));

        StringAssert.StartsWith(
            error.Message,
            "A MobileViT step of the saved pipeline cannot be read: the file is damaged, or was saved by a later version: ",
            StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(3, 2, "", true)]
    [DataRow(3, 2, "\"a_later_setting\":true,", true)]
    [DataRow(3, 3, "", false)]
    [DataRow(3, null, "", false)]
    [DataRow(2, 2, "\"a_later_setting\":true,", false)]
    [DataRow(1, null, "\"a_forgotten_setting\":true,", true)]
    [DataRow(0, null, "", false)]
    [DataRow(-1, null, "", false)]
    public void A_step_of_another_version_is_read_where_it_says_that_this_one_can(
        int version, int? readableFrom, string more, bool isReadable)
    {
        string readable = readableFrom is null ? "" : $",\"readable_from\":{readableFrom}";
        string json = Step.ToJson()
            .Replace("\"version\":2,\"readable_from\":2", $"\"version\":{version}{readable}", StringComparison.Ordinal)
            .Replace("\"input_column_name\"", more + "\"input_column_name\"", StringComparison.Ordinal);
        StringAssert.Contains(json, $"\"version\":{version}{readable},", StringComparison.Ordinal);

        if (isReadable)
        {
            // What is saved again is of this version, and has nothing of another.
            Assert.AreEqual(Step.ToJson(), ImageStep.FromJson(json).ToJson());
            return;
        }

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageStep.FromJson(json));
        if (version != ImageStep.CurrentVersion)
        {
            Assert.AreEqual(
                $"A MobileViT step of the saved pipeline cannot be read: it has the version {version}, for readers of "
                    + $"{readableFrom ?? version} and later, and this library reads the versions 1 to 2: update the library, or save the "
                    + "pipeline again with this one.",
                error.Message);
        }
    }

    [TestMethod]
    public void A_step_without_a_version_is_of_the_first() => Assert.AreEqual(
        Step.ToJson(),
        ImageStep.FromJson(Step.ToJson().Replace("\"version\":2,\"readable_from\":2,", "", StringComparison.Ordinal)).ToJson());

    [TestMethod]
    [DataRow("\"batch_size\":1", "\"batch_size\":0", "batchSize")]
    [DataRow("\"resize_size\":36", "\"resize_size\":42", "its preprocessing is not that of its model")]
    [DataRow("\"model_output\":\"logits\"", "\"model_output\":\"digits\"", "has no output 'digits'")]
    [DataRow("\"version\":2,\"readable_from\":2", "\"version\":3,\"readable_from\":3", "it has the version 3, for readers of 3 and later")]
    public void The_loader_refuses_it(string text, string damaged, string reason)
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        using (var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data))
        {
            _mlContext.Model.Save(pipeline, data.Schema, path);
        }

        Replace(path, text, damaged);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _mlContext.Model.LoadMobileViT(path, out _));
        StringAssert.StartsWith(error.Message, $"'{path}' is not a pipeline that can be loaded: ", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, reason, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void The_mappings_of_a_pipeline_that_ML_NET_loads_refuse_it()
    {
        ReadOnlyMemory<char> bad = Step.ToJson().Replace("\"batch_size\":1", "\"batch_size\":0", StringComparison.Ordinal).AsMemory();

        foreach (Action map in (Action[])
        [
            () => new PathMapping().GetMapping()(new PathRow { Settings = bad }, new PreprocessedRow()),
            () => new EncodedMapping().GetMapping()(new EncodedRow { Settings = bad }, new PreprocessedRow()),
            () => new DecodeMapping().GetMapping()(new UndecodedRow { Settings = bad }, new DecodedResultRow()),
            () => new FormatOnePathMapping().GetMapping()(new PathRow { Settings = bad }, new PixelsOrErrorRow()),
            () => new NumbersMapping().GetMapping()(new ModelValuesRow { Settings = bad }, new NumbersRow()),
            () => new ClassesMapping().GetMapping()(new ScoresRow { Settings = bad }, new ClassesRow()),
        ])
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(map);
            StringAssert.Contains(error.Message, "MobileViT step of the saved pipeline cannot be read", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_mapping_whose_step_is_not_of_its_pipeline_says_so()
    {
        ReadOnlyMemory<char> settings = (Step with { ImageSize = null }).ToJson().AsMemory();
        var scores = new VBuffer<float>(3, [1f, 2f, 3f]);

        var size = Assert.ThrowsExactly<InvalidDataException>(
            () => new ImageBytesMapping().GetMapping()(new ImageBytesRow { Settings = settings }, new PreprocessedRow()));
        var labels = Assert.ThrowsExactly<InvalidDataException>(() => new ClassesMapping().GetMapping()(
            new ScoresRow { Settings = settings, Rank = scores, Probabilities = scores }, new ClassesRow()));
        var lengths = Assert.ThrowsExactly<InvalidDataException>(() => new NumbersMapping().GetMapping()(
            new ModelValuesRow { Settings = settings, Values = new VBuffer<float>(1, [1f]) }, new NumbersRow()));
        var outputs = Decode(Step, 1);
        var probabilities = Step with { Options = new(), Outputs = [new("probabilities", 2)] };
        var shorter = Decode(probabilities, 1);
        var decodedLabels = Decode(probabilities with { Labels = ["ant"] }, 2);

        StringAssert.EndsWith(size.Message, "it does not say of which size its images are.", StringComparison.Ordinal);
        StringAssert.EndsWith(labels.Message, "it has 2 labels for 3 classes.", StringComparison.Ordinal);
        StringAssert.EndsWith(lengths.Message, "its output 'logits' is longer than what the model gives.", StringComparison.Ordinal);
        StringAssert.Contains(outputs.Message, "has no output 'probabilities'", StringComparison.Ordinal);
        StringAssert.EndsWith(
            shorter.Message, "its output 'probabilities' is longer than what the model gives.", StringComparison.Ordinal);
        StringAssert.EndsWith(decodedLabels.Message, "has 1 labels for 2 classes and 2 probabilities.", StringComparison.Ordinal);

        static InvalidDataException Decode(ImageStep step, int values) => Assert.ThrowsExactly<InvalidDataException>(
            () => new DecodeMapping().GetMapping()(
                new UndecodedRow { Settings = step.ToJson().AsMemory(), Values = new VBuffer<float>(values, new float[values]) },
                new DecodedResultRow()));
    }

    [TestMethod]
    public void An_option_type_of_the_users_own_is_saved_as_the_one_it_is_derived_from()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        using var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path", options: new OwnOptions { BatchSize = 2 }).Fit(data);

        _mlContext.Model.Save(pipeline, data.Schema, path);

        using var loaded = (MobileViTScoringTransformer)_mlContext.Model.LoadMobileViT(path, out _);
        CollectionAssert.AreEqual(pipeline.Transform(data).Vectors("Logits")[0], loaded.Transform(data).Vectors("Logits")[0]);
    }

    [TestMethod]
    public void What_a_loaded_pipeline_decodes_with_goes_with_it()
    {
        using var images = new DrawnImages(0);
        using MobileViTModel model = TinyModel.Load();
        ImageRow large = images.Plain("large.png", SkiaSharp.SKColors.Orange, side: 2000);
        IDataView data = _mlContext.Data.LoadFromEnumerable([large]);
        string[] pipelines = [.. Enumerable.Range(0, 8).Select(i =>
        {
            // Each with a setting of its own.
            using var pipeline = _mlContext.Transforms
                .ScoreImages("Score", model, "Path", options: new() { MaxPixels = 5_000_000 + i }).Fit(data);
            string path = images.PathOf($"{i}.zip");
            _mlContext.Model.Save(pipeline, data.Schema, path);
            return path;
        })];

        string[] output = LoadingProcess.Run(["reload", large.Path!, "Score", .. pipelines]);

        // One picture is 16 MB of pixels, and ML.NET's threads may still hold the last ones.
        Assert.IsLessThan(60_000_000, long.Parse(output.Single(), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Replaces text by text of the same length in the one part of a saved pipeline that has it uncompressed.</summary>
    private static void Replace(string path, string text, string other)
    {
        Assert.AreEqual(text.Length, other.Length);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update);
        int changed = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream stream = entry.Open();
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            int start = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
            if (start >= 0)
            {
                stream.Position = start;
                stream.Write(Encoding.UTF8.GetBytes(other));
                changed++;
            }
        }

        Assert.AreEqual(1, changed);
    }

    private sealed record OwnOptions : MobileViTScoringOptions
    {
        public IntPtr Handle { get; init; } = 1;
    }
}
