using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class MLImageSamples
{
    [TestMethod]
    public void Preprocess()
    {
        string file = Demo.Samples[0];

        #region Preprocess
        using MLImage image = MLImage.CreateFromFile(file);
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));

        float[] pixels = new float[preprocessor.Length]; // [3, 256, 256]: blue, green, red, in [0, 1]
        preprocessor.Preprocess(image, pixels);
        #endregion

        float[] expected = new float[preprocessor.Length];
        preprocessor.Preprocess(file, expected);
        Assert.AreEqual(0, Numbers.MaxDifference(expected, pixels));
    }

    [TestMethod]
    public void Crop()
    {
        string file = Demo.Samples[0];

        #region Crop
        using MLImage image = MLImage.CreateFromFile(file);
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));

        byte[] crop = new byte[preprocessor.Length]; // [256, 256, 3]: red, green, blue
        preprocessor.Crop(image, crop);
        #endregion

        byte[] expected = new byte[preprocessor.Length];
        preprocessor.Crop(file, expected);
        CollectionAssert.AreEqual(expected, crop);
    }
}
