using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class QuantizerSamples
{
    [TestMethod]
    public async Task Quantize()
    {
        using var folder = new TemporaryFolder();
        string modelFile = Reference.InRepository("Tool", "Demo", "mobilevit_xxs_shapes.onnx");
        string outputFile = folder.PathOf("int8.onnx");
        Directory.CreateDirectory(folder.PathOf("photos"));
        foreach (CalibrationImage image in MobileViTQuantizerTests.Draw(folder, 32))
        {
            File.Move(image.Path, Path.Combine(folder.PathOf("photos"), Path.GetFileName(image.Path)));
        }

        string photoFolder = folder.PathOf("photos");

        #region Quantize
        // Half of the pictures show the ranges of the activations; both models are compared on the others.
        CalibrationImage[] images =
            [.. Directory.GetFiles(photoFolder).Order(StringComparer.Ordinal).Select(path => new CalibrationImage(path))];
        QuantizationReport report = await MobileViTQuantizer.QuantizeAsync(modelFile, outputFile, images);

        QuantizationAttempt taken = report.Attempts[^1];
        Console.WriteLine($"{taken.Level}: {taken.Speed:0.00} times as fast, same label for {taken.Comparison!.SameLabel:P1}");

        using MobileViTModel model = MobileViTModel.Load(outputFile);
        #endregion

        Assert.AreEqual(report.Metadata.Quantization, model.Metadata.Quantization);
        Assert.IsGreaterThanOrEqualTo(0.99, taken.Comparison.SameLabel);
    }
}
