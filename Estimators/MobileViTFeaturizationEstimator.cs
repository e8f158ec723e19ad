namespace MlNetMobileViT;

/// <summary>Makes a <see cref="MobileViTFeaturizationTransformer"/>, which writes a feature vector for each image.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | <xref:Microsoft.ML.Data.TextDataViewType> (a path), variable-sized vector of <xref:System.Byte> (an encoded image), <xref:Microsoft.ML.Transforms.Image.ImageDataViewType>, or vector of <xref:System.Single> (pixels that `PreprocessImages` made) |
/// | Output column data type | Known-sized vector of <xref:System.Single>; <xref:Microsoft.ML.Data.TextDataViewType> for the error column, where bad images are marked |
/// | Exportable to ONNX | No |
///
/// The vector is the pooled one before the classifier (`features`: 320 values for XXS, 384 for XS, 640 for S) unless another
/// output is asked for: a stage's feature map comes as a vector of shape `C, H / stride, W / stride`.
///
/// A trainer that passes over its data more than once wants `AppendCacheCheckpoint` after this estimator, or the images are
/// decoded and scored again in every pass.
///
/// Images are read and scored, errors reported and bad images marked as <xref:MlNetMobileViT.MobileViTScoringEstimator> says.
/// ]]></format>
/// </remarks>
/// <seealso cref="MobileViTCatalog.FeaturizeImages(Microsoft.ML.TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
/// <seealso cref="MobileViTCatalog.FeaturizeImages(Microsoft.ML.TransformsCatalog, string, string, string, string, MobileViTScoringOptions)"/>
public sealed class MobileViTFeaturizationEstimator : MobileViTEstimator<MobileViTFeaturizationTransformer>
{
    internal MobileViTFeaturizationEstimator(SharedModel model, FeaturizationStep step, IStepSaver saver)
        : base(
            step,
            step.CreateTask(model.Model.Signature).Columns,
            fitted => new MobileViTFeaturizationTransformer(model, (FeaturizationStep)fitted, saver))
    {
    }
}

/// <summary>Writes a feature vector for each image; made by a <see cref="MobileViTFeaturizationEstimator"/>.</summary>
public sealed class MobileViTFeaturizationTransformer : MobileViTModelTransformer
{
    internal MobileViTFeaturizationTransformer(SharedModel model, FeaturizationStep step, IStepSaver saver)
        : base(model, step, saver)
    {
    }
}
