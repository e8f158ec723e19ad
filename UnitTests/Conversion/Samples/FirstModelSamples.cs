using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class FirstModelSamples : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DoNotParallelize]
    public async Task LoadOfficial()
    {
        string photo = Demo.Samples[0];
        TestCheckpoint.Write(_folder, TestCheckpoint.Xxs, "mobilevit_xxs.pt");
        string? before = Environment.GetEnvironmentVariable(WeightsCache.EnvironmentVariable);
        Environment.SetEnvironmentVariable(WeightsCache.EnvironmentVariable, _folder.Root);
        try
        {
            #region LoadOfficial
            // Downloaded and converted on first use, later taken from the cache. The weights are under Apple's own license.
            using MobileViTModel model = await MobileViTModel.LoadOfficialAsync("xxs");

            foreach (ClassPrediction prediction in model.Classify(photo))
            {
                Console.WriteLine($"{prediction.Label}: {prediction.Probability:P1}");
            }
            #endregion

            CollectionAssert.AreEqual(ImageNet1k.Labels.ToArray(), model.Labels.ToArray());
            Assert.HasCount(1, Directory.GetFiles(_folder.Root, "mobilevit_xxs.*.onnx"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(WeightsCache.EnvironmentVariable, before);
        }
    }

    [TestMethod]
    public async Task LoadOfficialWithOptions()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        string cacheFolder = _folder.PathOf("cache");
        Uri mirror = server.Address;
        CancellationToken cancellationToken = TestContext.CancellationToken;

        #region LoadOfficialWithOptions
        var options = new MobileViTLoadOptions { CacheFolder = cacheFolder, Mirror = mirror, Notify = Console.WriteLine };
        var progress = new Progress<DownloadProgress>(
            download => Console.WriteLine($"{download.BytesReceived:N0} of {download.TotalBytes:N0} bytes"));

        using MobileViTModel model = await MobileViTModel.LoadOfficialAsync("xxs", options, progress, cancellationToken);
        #endregion

        Assert.AreEqual("xxs", model.Metadata.Variant);
        Assert.AreEqual("/weights/mobilevit_xxs.pt", server.Requests.Single().Path);
        Assert.HasCount(1, Directory.GetFiles(cacheFolder, "*.onnx"));
    }

    [TestMethod]
    [DoNotParallelize]
    public async Task LoadCheckpoint()
    {
        string photo = Demo.Samples[0];
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string labelFile = WriteLabels();
        string? before = Environment.GetEnvironmentVariable(WeightsCache.EnvironmentVariable);
        Environment.SetEnvironmentVariable(WeightsCache.EnvironmentVariable, _folder.PathOf("cache"));
        try
        {
            #region LoadCheckpoint
            // What it was trained with: tensors show neither the size of the input nor the names of the classes.
            var conversion = new ConversionOptions { Height = 128, Width = 128, Labels = File.ReadAllLines(labelFile) };

            using MobileViTModel model = await MobileViTModel.LoadCheckpointAsync(checkpoint, conversion);
            Console.WriteLine(model.Classify(photo)[0].Label);
            #endregion

            Assert.AreEqual("one two three four five", string.Join(' ', model.Labels));
            Assert.AreEqual((128, 128), (model.Preprocessing.Height, model.Preprocessing.Width));
            Assert.HasCount(1, Directory.GetFiles(_folder.PathOf("cache"), "model.*.onnx"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(WeightsCache.EnvironmentVariable, before);
        }
    }

    [TestMethod]
    public void Convert()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string labelFile = WriteLabels();
        string modelFile = _folder.PathOf("model.onnx");

        #region Convert
        // A network of one's own: its input size and labels are not in its tensors.
        var options = new ConversionOptions
        {
            Height = 128,
            Width = 128,
            Preset = PreprocessingPresets.Cvnets,
            Labels = File.ReadAllLines(labelFile),
            Outputs = [ModelOutputs.Probabilities, ModelOutputs.Features],
        };
        ConversionReport report = MobileViTConverter.Convert(checkpoint, modelFile, options);
        foreach (string note in report.Notes)
        {
            Console.WriteLine(note);
        }
        #endregion

        using MobileViTModel model = MobileViTModel.Load(modelFile);
        Assert.AreEqual("probabilities features", string.Join(' ', model.Outputs.Select(static output => output.Name)));
        StringAssert.StartsWith(report.Notes.Single(), "Strides");
    }

    private string WriteLabels()
    {
        string path = _folder.PathOf("labels.txt");
        File.WriteAllLines(path, ["one", "two", "three", "four", "five"]);
        return path;
    }
}
