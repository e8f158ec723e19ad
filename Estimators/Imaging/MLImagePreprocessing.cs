using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>What <see cref="ImagePreprocessor"/> does with ML.NET's <see cref="MLImage"/>.</summary>
public static class MLImagePreprocessing
{
    /// <summary>Preprocesses an image in memory.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    /// <param name="image">
    /// The image. Its colours are taken as they are and alpha is ignored. An <see cref="MLImage"/> has no EXIF orientation, and
    /// one that was loaded from a file with alpha has its colours multiplied by it already: where that matters, pass the file.
    /// </param>
    /// <param name="destination">Receives <c>[3, H, W]</c>, <see cref="ImagePreprocessor.Length"/> values.</param>
    /// <returns>Where the pixels lie in the image.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">The image was disposed.</exception>
    /// <exception cref="InvalidDataException">The image has more pixels than the options accept.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/MLImageSamples.cs" region="Preprocess"><![CDATA[
    /// using MLImage image = MLImage.CreateFromFile(file);
    /// var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));
    ///
    /// float[] pixels = new float[preprocessor.Length]; // [3, 256, 256]: blue, green, red, in [0, 1]
    /// preprocessor.Preprocess(image, pixels);
    /// ]]></code>
    /// </example>
    public static ImageGeometry Preprocess(this ImagePreprocessor preprocessor, MLImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        return preprocessor.Preprocess(PixelsOf(image), destination);
    }

    /// <summary>The crop of an image in memory before it is normalised, for thumbnails and tests.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    /// <param name="image">The image; see <see cref="Preprocess(ImagePreprocessor, MLImage, Span{float})"/>.</param>
    /// <param name="destination">Receives <c>[H, W, 3]</c>, red, green, blue; <see cref="ImagePreprocessor.Length"/> bytes.</param>
    /// <inheritdoc cref="Preprocess(ImagePreprocessor, MLImage, Span{float})" path="/exception"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/MLImageSamples.cs" region="Crop"><![CDATA[
    /// using MLImage image = MLImage.CreateFromFile(file);
    /// var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));
    ///
    /// byte[] crop = new byte[preprocessor.Length]; // [256, 256, 3]: red, green, blue
    /// preprocessor.Crop(image, crop);
    /// ]]></code>
    /// </example>
    public static void Crop(this ImagePreprocessor preprocessor, MLImage image, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Crop(PixelsOf(image), destination);
    }

    internal static DecodedPixels PixelsOf(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new DecodedPixels(
            image.Pixels, image.Width, image.Height, image.PixelFormat == MLPixelFormat.Bgra32, image.Tag);
    }
}
