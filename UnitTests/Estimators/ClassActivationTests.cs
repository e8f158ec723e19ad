using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Where the most likely class was seen: the numbers, the column, the call, and the way to the picture.</summary>
[TestClass]
public sealed class ClassActivationTests
{
    private static readonly string[] Outputs = [.. ModelOutputs.Default, ModelOutputs.Activation];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(1, 64, 96, false)]
    [DataRow(1, 64, 96, true)]
    [DataRow(2, 64, 96, false)]
    [DataRow(2, 64, 96, true)]
    [DataRow(2, 96, 64, true)]
    public void It_is_the_classifiers_row_times_the_last_feature_map(int generation, int height, int width, bool dynamic)
    {
        (MobileViTArchitecture architecture, string stage, string classifier) = generation == 1
            ? (TestModels.Tiny, "conv_1x1_exp", "classifier.fc")
            : (TestModels.TinyV2, "layer_5", "classifier.1");
        Dictionary<string, float[]> weights = FormulaWeights.For(architecture);
        float[] rows = weights[$"{classifier}.weight"], bias = weights[$"{classifier}.bias"];
        float[] input = FormulaWeights.Input(height, width);
        float[] batch = [.. input, .. input.Reverse(), .. input.Select(static value => 1 - value)];
        using var model = new OnnxRun(TestModels.Of(
            architecture, weights, new GraphStyle(height, width, DynamicSize: dynamic), [ModelOutputs.Logits, stage, ModelOutputs.Activation]));
        var outputs = model.RunBatch(batch, 3, height, width);
        int channels = rows.Length / bias.Length, cells = outputs[ModelOutputs.Activation].Length / 3;
        // MobileViTv2 makes a map of 2×3 cells one of 2×4.
        Assert.AreEqual(generation == 1 ? 6 : 8, cells);
        var tops = new HashSet<int>();
        for (int image = 0; image < 3; image++)
        {
            float[] logits = outputs[ModelOutputs.Logits][(image * bias.Length)..((image + 1) * bias.Length)];
            int top = Array.IndexOf(logits, logits.Max());
            tops.Add(top);
            float[] map = outputs[stage][(image * channels * cells)..((image + 1) * channels * cells)];
            float[] expected = [.. Enumerable.Range(0, cells).Select(cell => (float)Enumerable.Range(0, channels)
                .Sum(channel => (double)rows[(top * channels) + channel] * map[(channel * cells) + cell]))];
            float[] actual = outputs[ModelOutputs.Activation][(image * cells)..((image + 1) * cells)];
            Assert.IsLessThanOrEqualTo(1e-5 * expected.Max(Math.Abs), Numbers.MaxDifference(expected, actual));
            Assert.AreEqual(logits[top], actual.Average() + bias[top], 1e-5);
        }
    }

    [TestMethod]
    [RequiresReference]
    public void The_maps_of_the_reference_network_average_to_its_golden_logits()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = Reference.PathOf("checkpoints", "mobilevit_xxs.pt"), file = folder.PathOf("model.onnx");
        MobileViTConverter.Convert(checkpoint, file, new ConversionOptions { Outputs = Outputs });
        float[] bias = ModelWeights.Read(Checkpoint.Open(checkpoint)).Tensors["classifier.fc.bias"];
        using MobileViTModel model = MobileViTModel.Load(file);
        var golden = NpyFile.Read(Reference.PathOf("golden", "mobilevit_xxs.cvnets.logits.npy"));
        string[] names = [.. GoldenCrops.PhotoNames()];
        for (int photo = 0; photo < 3; photo++)
        {
            ClassActivation activation = model.Explain(Directory.GetFiles(Reference.PathOf("photos"), $"{names[photo]}.*").Single());
            int top = Numbers.Top(golden.Row(photo), 1)[0];
            Assert.AreEqual(top, activation.Prediction.Index);
            Assert.AreEqual(golden.Row(photo)[top], activation.Values.Average() + bias[top], 5e-4);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_file_without_it_is_given_it(bool dynamic)
    {
        var style = new GraphStyle(64, 64, DynamicSize: dynamic);
        byte[] added = Explainable.Of(TestModels.Formula(TestModels.Tiny, style).ToByteArray());
        using var expected = new OnnxRun(TestModels.Formula(TestModels.Tiny, style, Outputs));
        using var actual = new OnnxRun(added);
        float[] input = FormulaWeights.Input(64, 64);
        CollectionAssert.AreEqual(
            expected.Run(input, 64, 64)[ModelOutputs.Activation], actual.Run(input, 64, 64)[ModelOutputs.Activation]);

        // Once is enough, and what has no classifier stays as it is.
        CollectionAssert.AreEqual(added, Explainable.Of(added));
        byte[] features = TestModels.Formula(TestModels.Tiny, style, [ModelOutputs.Features]).ToByteArray();
        CollectionAssert.AreEqual(features, Explainable.Of(features));
    }

    [TestMethod]
    public async Task Column_calls_and_saved_pipelines_have_the_same_bits()
    {
        using var images = new DrawnImages(5);
        using var folder = new TemporaryFolder();
        using MobileViTModel model = TinyModel.Load(Outputs);
        string[] paths = [.. images.Rows.Select(static row => row.Path!)];
        IDataView data = _mlContext.Data.LoadFromEnumerable(paths.Select(static path => new { Path = path }));
        MobileViTClassificationTransformer fitted = _mlContext.Transforms.ClassifyImages(
            "Label", model, "Path", new MobileViTClassificationOptions { ActivationColumnName = "ClassActivation", BatchSize = 2 }).Fit(data);
        var type = (VectorDataViewType)fitted.Transform(data).Schema["ClassActivation"].Type;
        Assert.AreEqual("1,1", string.Join(',', type.Dimensions));
        float[][] expected = Column(fitted);
        ImageResult<ClassActivation>[] many = [.. model.Explain(paths.Append("missing.jpg"))];
        for (int i = 0; i < paths.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], model.Explain(paths[i]).Values.ToArray());
            CollectionAssert.AreEqual(expected[i], model.Explain(File.ReadAllBytes(paths[i])).Values.ToArray());
            CollectionAssert.AreEqual(expected[i], (await model.ExplainAsync(paths[i])).Values.ToArray());
            CollectionAssert.AreEqual(expected[i], many[i].Value.Values.ToArray());
            Assert.AreEqual(model.Classify(paths[i], 1)[0], model.Explain(paths[i]).Prediction);
        }

        Assert.IsInstanceOfType<FileNotFoundException>(many[^1].Error);
        string file = folder.PathOf("pipeline.zip");
        _mlContext.Model.Save(fitted, data.Schema, file);
        float[][] plain = Column(_mlContext.Model.Load(file, out _)), fast = Column(_mlContext.Model.LoadMobileViT(file, out _));
        for (int i = 0; i < paths.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], plain[i]);
            CollectionAssert.AreEqual(expected[i], fast[i]);
        }

        float[][] Column(ITransformer transformer) => [.. transformer.Transform(data).GetColumn<float[]>("ClassActivation")];
    }

    [TestMethod]
    public void On_the_picture_it_lies_where_the_crop_was()
    {
        // 288 × 576 pixels: the shorter side stays 288, and of the longer one the middle 256 pixels are seen.
        ImagePreprocessing settings = PreprocessingPresets.Get(PreprocessingPresets.Cvnets);
        var geometry = ImageGeometry.Create(settings, 576, 288, exifOrientation: 1);
        float[] values = [0, 1, 2, 3];
        var activation = new ClassActivation(new ClassPrediction("cat", 0, 1), 2, 2, values, geometry, settings);
        float[] map = activation.ToSource(576, 288);
        Assert.IsTrue(float.IsNaN(At(159, 144)));
        Assert.IsTrue(float.IsNaN(At(416, 144)));
        Assert.IsTrue(float.IsNaN(At(288, 15)));
        Assert.IsTrue(float.IsNaN(At(288, 272)));

        // Centres of cells are at 64 and 192 of 256; beyond them it is flat, and between them linear.
        Assert.AreEqual(0, At(160, 16));
        Assert.AreEqual(3, At(415, 271));
        for (int x = 0; x < 256; x++)
        {
            float across = Math.Clamp((x + 0.5f - 64) / 128, 0, 1);
            for (int y = 0; y < 256; y += 15)
            {
                Assert.AreEqual(across + (2 * Math.Clamp((y + 0.5f - 64) / 128, 0, 1)), At(160 + x, 16 + y), 1e-4f);
            }
        }

        // A quarter of the resolution samples the same map, at the centres of its pixels.
        float[] small = activation.ToSource(144, 72);
        Assert.AreEqual((At(4 * 72 + 1, 4 * 36 + 1) + At((4 * 72) + 2, (4 * 36) + 2)) / 2, small[(36 * 144) + 72], 1e-4f);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => activation.ToSource(0, 10));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => activation.ToSource(10, 0));

        float At(int x, int y) => map[(y * 576) + x];
    }

    [TestMethod]
    public void What_a_model_does_not_have_is_said_in_a_sentence()
    {
        using MobileViTModel model = TinyModel.Load();
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => model.Explain("a.jpg"));
        Assert.Contains("cannot explain: it has no output 'activation'", error.Message);
        Assert.Contains("mobilevit convert", error.Message);
        IDataView data = _mlContext.Data.LoadFromEnumerable([new { Path = "a.jpg" }]);
        Assert.Contains("activation", Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ClassifyImages(
            "Label", model, "Path", new MobileViTClassificationOptions { ActivationColumnName = "Map" }).Fit(data)).Message);
        Assert.ThrowsExactly<ArgumentException>(() => new MobileViTClassificationOptions { ActivationColumnName = "" }.Validate());
    }
}
