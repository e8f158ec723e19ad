using System.Numerics.Tensors;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ModelCallSamples
{
    [TestMethod]
    public void OneImage()
    {
        string file = Demo.Samples[0];
        string modelFile = ModelSource.DemoFile;

        #region OneImage
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        foreach (ClassPrediction prediction in model.Classify(file, top: 3))
        {
            Console.WriteLine($"{prediction.Label}: {prediction.Probability:P1}");
        }
        #endregion

        Assert.AreEqual(LabelOf(file), model.Classify(file, top: 3)[0].Label);
    }

    [TestMethod]
    public void ManyImages()
    {
        string[] files = [.. Demo.Samples, "missing.jpg"];
        string modelFile = ModelSource.DemoFile;
        var lines = new List<string>();

        #region ManyImages
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        foreach (ImageResult<IReadOnlyList<ClassPrediction>> result in model.Classify(files, top: 1))
        {
            // An image that cannot be read does not stop the others.
            string what = result.Error is null ? result.Value[0].Label : result.Error.Message;
            lines.Add($"{Path.GetFileName(result.Name)}: {what}");
        }
        #endregion

        Assert.HasCount(files.Length, lines);
        Assert.AreEqual("missing.jpg: There is no image file 'missing.jpg'.", lines[^1]);
        Assert.AreEqual($"{Path.GetFileName(files[0])}: {LabelOf(files[0])}", lines[0]);
    }

    [TestMethod]
    public void Explain()
    {
        using var folder = new TemporaryFolder();
        string file = Demo.Samples[0];
        string modelFile = folder.PathOf("model.onnx");
        File.WriteAllBytes(modelFile, Explainable.Of(File.ReadAllBytes(ModelSource.DemoFile)));

        #region Explain
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        ClassActivation activation = model.Explain(file);
        float[] map = activation.ToSource(width: 100, height: 100);
        int best = map.Index().Where(cell => !float.IsNaN(cell.Item)).MaxBy(cell => cell.Item).Index;
        Console.WriteLine($"{activation.Prediction.Label}, most of all at {best % 100} % from the left and {best / 100} % from the top");
        #endregion

        Assert.AreEqual(LabelOf(file), activation.Prediction.Label);
    }

    [TestMethod]
    public async Task Upload()
    {
        string file = Demo.Samples[0];
        using MobileViTModel model = MobileViTModel.Load(ModelSource.DemoFile);

        #region Upload
        // In a web service: one model for all requests, and no pool of engines.
        async Task<string> ClassOf(Stream upload, string fileName, CancellationToken aborted)
        {
            IReadOnlyList<ClassPrediction> classes = await model.ClassifyAsync(upload, top: 1, fileName, aborted);
            return classes[0].Label;
        }
        #endregion

        await using FileStream stream = File.OpenRead(file);
        Assert.AreEqual(LabelOf(file), await ClassOf(stream, "upload.jpg", CancellationToken.None));
    }

    [TestMethod]
    public void Similarity()
    {
        string first = Demo.Samples[0], second = Demo.Samples[0];
        string modelFile = ModelSource.DemoFile;

        #region Similarity
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        float similarity = TensorPrimitives.CosineSimilarity(model.Featurize(first), model.Featurize(second));
        #endregion

        Assert.AreEqual(1, similarity, 1e-6);
    }

    /// <summary>The samples are called by what they show.</summary>
    private static string LabelOf(string file) => Path.GetFileNameWithoutExtension(file).Replace('_', ' ');
}
