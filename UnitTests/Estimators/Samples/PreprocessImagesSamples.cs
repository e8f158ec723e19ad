using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class PreprocessImagesSamples
{
    [TestMethod]
    public void Pixels()
    {
        string[] files = Demo.Samples;

        #region Pixels
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));

        ImagePreprocessing preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm);
        using var transformer = mlContext.Transforms.PreprocessImages("pixels", preprocessing, "Path").Fit(data);
        IDataView result = transformer.Transform(data);

        Console.WriteLine(result.Schema["pixels"].Type); // Vector<Single, 3, 256, 256>
        foreach (float[] pixels in result.GetColumn<float[]>("pixels"))
        {
            Console.WriteLine($"Red at the top left: {pixels[0]:0.00}"); // in [0, 1]
        }
        #endregion

        Assert.AreEqual("Vector<Single, 3, 256, 256>", result.Schema["pixels"].Type.ToString());
        Assert.IsTrue(result.GetColumn<float[]>("pixels").All(static pixels => pixels.All(static p => p is >= 0 and <= 1)));
    }

    [TestMethod]
    public void TwoColumns()
    {
        string[] files = Demo.Samples;
        string otherFile = files[0];

        #region TwoColumns
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
        InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];

        ImagePreprocessing preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm);
        using var transformer = mlContext.Transforms.PreprocessImages(columns, preprocessing).Fit(data);

        DataViewSchema schema = transformer.GetOutputSchema(data.Schema);
        Console.WriteLine($"{schema["Left"].Type}, {schema["Right"].Type}"); // Vector<Single, 3, 256, 256>, twice
        #endregion

        Assert.AreEqual("Vector<Single, 3, 256, 256>", schema["Left"].Type.ToString());
        Assert.AreEqual("Vector<Single, 3, 256, 256>", schema["Right"].Type.ToString());
    }
}
