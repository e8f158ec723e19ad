using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>A model file describes itself without a session of ONNX Runtime.</summary>
[TestClass]
public sealed class ModelDescriptionTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void The_header_says_what_a_session_says()
    {
        string[] outputs = [.. ModelOutputs.Default, .. ModelOutputs.Stages];
        foreach (byte[] onnx in (byte[][])
        [
            TinyModel.Build(outputs, TinyModel.Labels),
            TestModels.Formula(TestModels.Tiny, new GraphStyle(TinyModel.Side, TinyModel.Side, Batch: 3), outputs).ToByteArray(),
        ])
        {
            using var session = new InferenceSession(onnx);
            var header = OnnxHeader.Read(onnx);

            CollectionAssert.AreEquivalent(session.ModelMetadata.CustomMetadataMap, header.Properties.ToArray());
            CollectionAssert.AreEqual(session.InputMetadata[ModelOutputs.Input].Dimensions, header.Inputs.Single().Dimensions);
            CollectionAssert.AreEqual(session.OutputNames.ToArray(), header.Outputs.Select(static output => output.Name).ToArray());
            foreach (OnnxTensor output in header.Outputs)
            {
                Assert.IsTrue(output.IsFloat);
                CollectionAssert.AreEqual(session.OutputMetadata[output.Name].Dimensions, output.Dimensions);
            }
        }
    }

    [TestMethod]
    public void A_pipeline_that_is_described_has_no_session_before_it_is_fitted()
    {
        using var images = new DrawnImages(1);
        string file = images.PathOf("model.onnx");
        File.WriteAllBytes(file, TinyModel.Bytes);
        int sessions = 0;
        var model = MobileViTModel.Describe(file, new() { ConfigureSession = _ => sessions++ });
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        MobileViTScoringEstimator estimator = MobileViTCatalog.Score(
            _mlContext.Transforms, "Logits", new SharedModel(model, isOwned: true), "Path", ModelOutputs.Logits, null);
        Assert.IsTrue(estimator.GetOutputSchema(data.Shape()).Any(static column => column.Name == "Logits"));
        Assert.AreEqual("ant bee crane crane (3) eel", string.Join(' ', model.Labels));
        Assert.AreEqual(0, sessions);

        using MobileViTScoringTransformer transformer = estimator.Fit(data);
        Assert.AreEqual(1, sessions);
        Assert.HasCount(5, transformer.Transform(data).Vectors("Logits")[0]);
        Assert.AreEqual(1, sessions);
    }

    /// <summary>By a graph that no session takes: had the overload for paths opened one, it would have thrown.</summary>
    [TestMethod]
    public void Overloads_for_paths_describe_by_the_header_alone()
    {
        using var images = new DrawnImages(1);
        string file = images.PathOf("model.onnx");
        File.WriteAllBytes(file, TinyModel.Change(static model => model.Graph.Node[0].OpType = "NoSuchOperator"));
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);

        MobileViTClassificationEstimator classes = _mlContext.Transforms.ClassifyImages("PredictedLabel", file, "Path");
        MobileViTScoringEstimator features = _mlContext.Transforms.FeaturizeImages("Features", file, "Path");
        classes.Append(features).GetOutputSchema(data.Shape());

        Assert.ThrowsExactly<InvalidDataException>(() => classes.Fit(data));
        var error = Assert.ThrowsExactly<InvalidDataException>(() => features.Fit(data));
        StringAssert.Contains(error.Message, "NoSuchOperator", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Files_that_are_no_models_are_refused_before_anything_is_fitted()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("model.onnx");
        foreach ((byte[] content, string reason) in ((byte[], string)[])
        [
            (TinyModel.Bytes[..1000], "cut off"),
            ([.. "PK"u8, 3, 4, .. new byte[100]], "MobileViTModel.LoadOfficialAsync"),
            (TinyModel.Change(static model => model.MetadataProps.Clear()), "was not written by this project's converter"),
        ])
        {
            File.WriteAllBytes(file, content);
            var error = Assert.ThrowsExactly<InvalidDataException>(() => _mlContext.Transforms.FeaturizeImages("Features", file, "Path"));
            StringAssert.Contains(error.Message, reason, StringComparison.Ordinal);
        }
    }
}
