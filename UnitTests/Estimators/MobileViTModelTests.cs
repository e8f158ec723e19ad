using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class MobileViTModelTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void A_model_says_what_it_is()
    {
        using MobileViTModel model = TinyModel.Load([.. ModelOutputs.Default, .. ModelOutputs.Stages]);

        Assert.AreEqual("custom", model.Metadata.Variant);
        Assert.AreEqual(PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32), model.Preprocessing);
        CollectionAssert.AreEqual(
            ModelOutputs.Default.Concat(ModelOutputs.Stages).ToArray(), model.Outputs.Select(static o => o.Name).ToArray());
        Assert.AreEqual("logits [5]", model.GetOutput(ModelOutputs.Logits).ToString());
        Assert.AreEqual(128, model.GetOutput("layer_3").Length);
        Assert.AreEqual("layer_3 [8, 4, 4]", model.GetOutput("layer_3").ToString());
    }

    [TestMethod]
    public void To_describe_a_graph_for_any_size_of_picture_leaves_no_session_open_and_takes_no_GPU()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("any.onnx");
        File.WriteAllBytes(path, TinyModel.Build(["layer_4"], [], dynamicSize: true));

        using MobileViTModel described = MobileViTModel.Describe(path, new() { GpuDeviceId = 1000 });

        Assert.HasCount(3, described.GetOutput("layer_4").Shape);
        Assert.IsFalse(described.Session.IsOpen);
    }

    [TestMethod]
    public void A_graph_for_any_size_of_picture_scores_like_one_for_this_size()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel exact = TinyModel.Load([.. ModelOutputs.Default, "layer_4"]);
        using MobileViTModel any = TinyModel.Load([.. ModelOutputs.Default, "layer_4"], dynamicSize: true);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        ScoredRow[] expected = _mlContext.Score(data, exact);
        ScoredRow[] actual = _mlContext.Score(data, any);

        CollectionAssert.AreEqual(
            exact.Outputs.Select(static output => output.ToString()).ToArray(),
            any.Outputs.Select(static output => output.ToString()).ToArray());
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected[i].Logits, actual[i].Logits));
        }
    }

    [TestMethod]
    public void A_graph_of_a_fixed_batch_scores_any_number_of_images()
    {
        using var images = new DrawnImages(7);
        using MobileViTModel one = TinyModel.Load();
        byte[] bytes = TestModels.Formula(
            TestModels.Tiny, new GraphStyle(TinyModel.Side, TinyModel.Side, Batch: 3), labels: TinyModel.Labels).ToByteArray();
        using MobileViTModel three = MobileViTModel.Load(bytes);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        ScoredRow[] expected = _mlContext.Score(data, one);
        ScoredRow[] actual = _mlContext.Score(data, three);

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected[i].Logits, actual[i].Logits));
        }

        var error = Assert.ThrowsExactly<NotSupportedException>(() => _mlContext.Model.Save(
            _mlContext.Transforms.ScoreImages("Logits", three, "Path").Fit(data), data.Schema, images.PathOf("pipeline.zip")));
        StringAssert.Contains(error.Message, "3 images at once", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_model_without_labels_counts_its_classes()
    {
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Build(ModelOutputs.Default, []));

        Assert.AreEqual("0 1 2 3 4", string.Join(' ', model.Labels));
    }

    [TestMethod]
    public void Files_that_are_no_models_are_refused_in_a_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("text.onnx"), "This is not a model.");
        File.WriteAllBytes(folder.PathOf("empty.onnx"), []);
        File.WriteAllBytes(folder.PathOf("cut.onnx"), TinyModel.Bytes[..1000]);
        File.WriteAllBytes(folder.PathOf("foreign.onnx"), TinyModel.Change(static model => model.MetadataProps.Clear()));

        File.WriteAllBytes(folder.PathOf("model.pt"), [.. "PK"u8, 3, 4, .. new byte[100]]);
        File.WriteAllBytes(folder.PathOf("old.pt"), [0x80, 2, .. new byte[100]]);
        File.WriteAllBytes(folder.PathOf("model.safetensors"), [64, 0, 0, 0, 0, 0, 0, 0, .. "{\"a\":"u8, .. new byte[100]]);

        Refused(folder.PathOf("empty.onnx"), "not a readable ONNX model: it is empty");
        Refused(folder.PathOf("text.onnx"), "not a readable ONNX model: it is cut off or damaged, or not ONNX at all");
        Refused(folder.PathOf("cut.onnx"), "not a readable ONNX model: it is cut off or damaged, or not ONNX at all");
        Refused(folder.PathOf("model.pt"), "not a readable ONNX model: it is a zip archive. A checkpoint is converted first");
        foreach (string name in (string[])["old.pt", "model.safetensors"])
        {
            Refused(folder.PathOf(name), "not a readable ONNX model: it looks like a checkpoint. Convert it first");
        }

        Refused(folder.PathOf("foreign.onnx"), "was not written by this project's converter");
        var missing = Assert.ThrowsExactly<FileNotFoundException>(() => MobileViTModel.Load(folder.PathOf("none.onnx")));
        StringAssert.Contains(missing.Message, "none.onnx", StringComparison.Ordinal);
        var directory = Assert.ThrowsExactly<FileNotFoundException>(() => MobileViTModel.Load(folder.Root));
        StringAssert.Contains(directory.Message, "is a folder", StringComparison.Ordinal);

        static void Refused(string path, string reason)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => MobileViTModel.Load(path));
            StringAssert.Contains(error.Message, path, StringComparison.Ordinal);
            StringAssert.Contains(error.Message, reason, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_model_whose_parts_disagree_is_refused()
    {
        Refused(Metadata(ModelMetadataKeys.Labels, "[\"one\"]"), "5 classes but 1 labels");
        Refused(Metadata(ModelMetadataKeys.ReadableFrom, "99"), "version 99");
        Refused(
            Metadata(ModelMetadataKeys.Preprocessing, PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 64, 64).ToJson()),
            "[N, 3, 64, 64]");

        static byte[] Metadata(string key, string value) =>
            TinyModel.Change(model => model.MetadataProps.Single(entry => entry.Key == key).Value = value);

        static void Refused(byte[] bytes, string reason)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => MobileViTModel.Load(bytes));
            StringAssert.Contains(error.Message, reason, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_model_with_impossible_sizes_is_refused()
    {
        Refused(static model => model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1025, "takes 1025 images at once, more than 1024");
        Refused(
            static model =>
            {
                var sum = new NodeProto { OpType = "ReduceSum", Input = { ModelOutputs.Logits } };
                sum.Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
                AddOutput(model, "sum", sum);
            },
            "not float32 with a batch and one dimension more");
        Refused(
            static model =>
            {
                foreach (long number in (long[])[0, 1])
                {
                    model.Graph.Initializer.Add(new TensorProto
                    {
                        Name = $"{number}",
                        DataType = (int)TensorProto.Types.DataType.Int64,
                        Dims = { 1 },
                        Int64Data = { number },
                    });
                }

                AddOutput(model, "nothing", new NodeProto { OpType = "Slice", Input = { ModelOutputs.Logits, "0", "0", "1" } });
            },
            "an output 'nothing' of the impossible shape [0]");

        static void AddOutput(ModelProto model, string name, NodeProto node)
        {
            node.Output.Add(name);
            model.Graph.Node.Add(node);
            model.Graph.Output.Add(new ValueInfoProto
            {
                Name = name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
            });
        }

        static void Refused(Action<ModelProto> change, string reason)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => MobileViTModel.Load(TinyModel.Change(change)), reason);
            StringAssert.Contains(error.Message, reason, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_damaged_model_is_refused_or_loaded_and_nothing_else()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            try
            {
                MobileViTModel.Load(Mutation.Of(TinyModel.Bytes, seed)).Dispose();
            }
            catch (InvalidDataException)
            {
            }
            catch (Exception exception)
            {
                throw new AssertFailedException($"seed {seed}: {exception}");
            }
        }
    }

    [TestMethod]
    public void An_output_that_the_model_lacks_is_refused_with_those_that_it_has()
    {
        using MobileViTModel model = TinyModel.Load([ModelOutputs.Features]);

        foreach (Action create in (Action[])
        [
            () => _mlContext.Transforms.FeaturizeImages("Stage", model, "Path", "layer_3"),
            () => _mlContext.Transforms.ScoreImages("Logits", model, "Path"),
            () => _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path"),
            () => _mlContext.Transforms.FeaturizeImages(
                "Features", model, "Path", options: new() { AdditionalOutputs = [new("Stage", "layer_5")] }),
        ])
        {
            var error = Assert.ThrowsExactly<ArgumentException>(create);
            StringAssert.Contains(error.Message, "its outputs are features.", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Options_out_of_range_and_columns_of_one_name_are_refused()
    {
        using MobileViTModel model = TinyModel.Load();
        foreach (MobileViTClassificationOptions options in (MobileViTClassificationOptions[])
        [
            new() { Threads = -1 },
            new() { Threads = int.MaxValue },
            new() { AdditionalOutputs = null! },
            new() { AdditionalOutputs = [null!] },
            new() { AdditionalOutputs = [new("", ModelOutputs.Logits)] },
            new() { BatchSize = 0 },
            new() { BatchSize = 100_000 },
            new() { TopK = 0 },
            new() { MaxPixels = 0 },
            new() { ScoreColumnName = "" },
            new() { BadImages = (BadImageHandling)7 },
            new() { ScoreColumnName = "PredictedLabel" },
        ])
        {
            Assert.Throws<ArgumentException>(
                () => _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options), options.ToString());
        }
    }

    [TestMethod]
    public void A_list_of_outputs_that_changes_afterwards_changes_nothing()
    {
        using MobileViTModel model = TinyModel.Load();
        var outputs = new List<ModelOutputColumn> { new("Logits", ModelOutputs.Logits) };
        var estimator = _mlContext.Transforms.FeaturizeImages("Features", model, "Path", options: new() { AdditionalOutputs = outputs });
        outputs.Add(new("Logits", ModelOutputs.Logits));
        using var transformer = estimator.Fit(_mlContext.Data.LoadFromEnumerable<ImageRow>([]));
        CollectionAssert.AreEqual((string[])["Features", "Logits"], transformer.OutputColumnNames.ToArray());
    }

    [TestMethod]
    public void The_session_can_be_configured()
    {
        int calls = 0;
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Bytes, new MobileViTModelOptions
        {
            IntraOpNumThreads = 2,
            ConfigureSession = options =>
            {
                calls++;
                Assert.AreEqual(2, options.IntraOpNumThreads);
                options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            },
        });

        Assert.AreEqual(1, calls);
    }
}
