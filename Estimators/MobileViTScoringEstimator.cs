namespace MlNetMobileViT;

/// <summary>Makes a <see cref="MobileViTScoringTransformer"/>, which writes an output of the model for each image.</summary>
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
/// The outputs, by their names in <xref:MlNetMobileViT.ModelOutputs>:
///
/// | Output | Shape | What |
/// | -- | -- | -- |
/// | `logits` | `classes` | scores before the softmax, any finite number; the class labels are slot names |
/// | `probabilities` | `classes` | their softmax, in [0, 1] with sum 1; the class labels are slot names |
/// | `features` | `channels` | the pooled vector before the classifier |
/// | `conv_1`, `layer_1` … `layer_5`, `conv_1x1_exp` | `C, H / stride, W / stride` | feature maps of the stages, where the model was converted with them |
///
/// Images are read, decoded and preprocessed as <xref:MlNetMobileViT.MobileViTPreprocessingEstimator> says, and scored on
/// several threads; the rows keep their order. A model that gives NaN or infinity for an image is an error of that row:
/// `InvalidDataException` with the image, the output and what to do. Missing values: where bad images are marked, all
/// values of such a row are NaN.
///
/// A trainer that passes over its data more than once wants `AppendCacheCheckpoint` after this estimator, or the images are
/// decoded and scored again in every pass.
/// ]]></format>
/// </remarks>
/// <seealso cref="MobileViTCatalog.FeaturizeImages(Microsoft.ML.TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
/// <seealso cref="MobileViTCatalog.ScoreImages(Microsoft.ML.TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
/// <seealso cref="MobileViTCatalog.ScoreImages(Microsoft.ML.TransformsCatalog, string, string, string, string, MobileViTScoringOptions, int?, bool)"/>
public sealed class MobileViTScoringEstimator : MobileViTEstimator<MobileViTScoringTransformer>
{
    internal MobileViTScoringEstimator(SharedModel model, ScoringStep step, IStepSaver saver)
        : base(
            step,
            step.CreateTask(model.Model.Signature).Columns,
            fitted => new MobileViTScoringTransformer(model, (ScoringStep)fitted, saver))
    {
    }
}

/// <summary>Writes an output of the model for each image; made by a <see cref="MobileViTScoringEstimator"/>.</summary>
public sealed class MobileViTScoringTransformer : MobileViTTransformer
{
    internal MobileViTScoringTransformer(SharedModel model, ScoringStep step, IStepSaver saver)
        : this(new ModelUse(model, step), step, saver)
    {
    }

    private MobileViTScoringTransformer(ModelUse model, ScoringStep step, IStepSaver saver)
        : base(step, model, saver)
    {
        Model = model.Model;
    }

    /// <summary>The model.</summary>
    public MobileViTModel Model { get; }
}
