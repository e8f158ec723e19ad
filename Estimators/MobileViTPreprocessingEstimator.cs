namespace MlNetMobileViT;

/// <summary>Makes a <see cref="MobileViTPreprocessingTransformer"/>, which turns images into the input of a model.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | <xref:Microsoft.ML.Data.TextDataViewType> (a path), variable-sized vector of <xref:System.Byte> (an encoded image) or <xref:Microsoft.ML.Transforms.Image.ImageDataViewType> |
/// | Output column data type | Known-sized vector of <xref:System.Single> of shape `3, H, W`, and <xref:Microsoft.ML.Data.TextDataViewType> for the error column, where bad images are marked |
/// | Exportable to ONNX | No |
///
/// The pixels are those that the model was trained on: decoded, resized as PIL does (antialiased), cropped, in the model's
/// order of channels, scaled to [0, 1] and normalised; see <xref:MlNetMobileViT.ImagePreprocessing>.
///
/// An encoded image, in a file or in bytes, is JPEG, PNG, WebP, GIF (its first frame) or BMP, whatever its name says; TIFF is
/// not read. EXIF orientation is applied unless the options say otherwise. Images are decoded and preprocessed on several
/// threads; the rows keep their order.
///
/// A row whose image is missing or cannot be read throws when its value is asked for: `FileNotFoundException` or
/// `InvalidDataException`, with the file and the reason. Missing values: where bad images are marked instead (see
/// <xref:MlNetMobileViT.BadImageHandling>), all pixels of such a row are NaN.
/// ]]></format>
/// </remarks>
/// <seealso cref="MobileViTCatalog.PreprocessImages(Microsoft.ML.TransformsCatalog, string, ImagePreprocessing, string, MobileViTPreprocessingOptions)"/>
public sealed class MobileViTPreprocessingEstimator : MobileViTEstimator<MobileViTPreprocessingTransformer>
{
    internal MobileViTPreprocessingEstimator(PreprocessingStep step, IStepSaver saver)
        : base(step, step.CreateColumns(), fitted => new MobileViTPreprocessingTransformer((PreprocessingStep)fitted, saver))
    {
    }
}

/// <summary>Turns images into the input of a model; made by a <see cref="MobileViTPreprocessingEstimator"/>.</summary>
public sealed class MobileViTPreprocessingTransformer : MobileViTTransformer
{
    internal MobileViTPreprocessingTransformer(PreprocessingStep step, IStepSaver saver)
        : base(
            step,
            new PreprocessingScorer(new ImagePreprocessor(step.Preprocessing, step.Options.Decoding), step.CreateColumns()),
            saver)
    {
        Preprocessing = step.Preprocessing;
    }

    /// <summary>How images become pixels.</summary>
    public ImagePreprocessing Preprocessing { get; }
}
