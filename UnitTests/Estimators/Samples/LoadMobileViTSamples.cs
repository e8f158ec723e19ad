using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LoadMobileViTSamples
{
    [TestMethod]
    public void FromFile()
    {
        using var folder = new TemporaryFolder();
        string[] files = Demo.Samples;
        string modelFile = ModelSource.DemoFile;
        string savedFile = folder.PathOf("pipeline.zip");

        #region FromFile
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
        using var classifier = mlContext.Transforms.ClassifyImages("PredictedLabel", modelFile, "Path").Fit(data);
        mlContext.Model.Save(classifier, data.Schema, savedFile);

        // Later, elsewhere: the saved file holds the model.
        ITransformer pipeline = mlContext.Model.LoadMobileViT(savedFile, out DataViewSchema inputSchema);
        foreach (string[] labels in pipeline.Transform(data).GetColumn<string[]>("TopLabels"))
        {
            Console.WriteLine(labels[0]);
        }
        #endregion

        using var owner = (IDisposable)pipeline;
        Assert.IsInstanceOfType<MobileViTClassificationTransformer>(pipeline);
        Assert.AreEqual("Path", inputSchema.Single().Name);
        CollectionAssert.AreEqual(
            classifier.Transform(data).GetColumn<float>("Probability").ToArray(),
            pipeline.Transform(data).GetColumn<float>("Probability").ToArray());
    }

    [TestMethod]
    public void FromStream()
    {
        using var folder = new TemporaryFolder();
        string savedFile = folder.PathOf("pipeline.zip");
        var saving = new MLContext();
        IDataView data = saving.Data.LoadFromEnumerable(Demo.Samples.Select(static file => new { Path = file }));
        using (var featurizer = saving.Transforms.FeaturizeImages("Features", ModelSource.DemoFile, "Path").Fit(data))
        {
            saving.Model.Save(featurizer, data.Schema, savedFile);
        }

        #region FromStream
        var mlContext = new MLContext();
        using FileStream stream = File.OpenRead(savedFile);
        var options = new MobileViTModelOptions { IntraOpNumThreads = 2 };
        ITransformer pipeline = mlContext.Model.LoadMobileViT(stream, out DataViewSchema inputSchema, options);
        using var owner = (IDisposable)pipeline;

        Console.WriteLine(string.Join(", ", inputSchema)); // Path: String
        Console.WriteLine(pipeline.GetOutputSchema(inputSchema)["Features"].Type); // Vector<Single, 320>
        #endregion

        Assert.AreEqual("Path: String", string.Join(", ", inputSchema));
        Assert.AreEqual("Vector<Single, 320>", pipeline.GetOutputSchema(inputSchema)["Features"].Type.ToString());
    }

    [TestMethod]
    public void OtherOptions()
    {
        using var folder = new TemporaryFolder();
        string savedFile = folder.PathOf("pipeline.zip");
        string imageFolder = Path.GetDirectoryName(Demo.Samples[0])!;
        var saving = new MLContext();
        IDataView data = saving.Data.LoadFromEnumerable(
            Demo.Samples.Select(static file => new { Path = Path.GetFileName(file) }).Append(new { Path = "none.jpg" }));
        using (var featurizer = saving.Transforms.FeaturizeImages("Features", ModelSource.DemoFile, "Path").Fit(data))
        {
            saving.Model.Save(featurizer, data.Schema, savedFile);
        }

        var errors = new List<string>();

        #region OtherOptions
        var mlContext = new MLContext();
        var options = new MobileViTPipelineOptions
        {
            ImageFolder = imageFolder, // where this machine has them
            Threads = 2,
            BadImages = BadImageHandling.Mark,
            BadImageFound = image => errors.Add($"{image.Name}: {image.Error.Message}"),
        };
        ITransformer pipeline = mlContext.Model.LoadMobileViT(savedFile, out _, pipelineOptions: options);
        #endregion

        using var owner = (IDisposable)pipeline;
        Assert.AreEqual(1, pipeline.Transform(data).Vectors("Features").Count(static features => features.All(float.IsNaN)));
        Assert.Contains("none.jpg", errors.Single());
    }
}
