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
/// Logits and probabilities have the class labels as slot names. Missing values: where bad images are marked, all values of
/// such a row are NaN.
/// ]]></format>
/// </remarks>
/// <seealso cref="MobileViTCatalog"/>
public sealed class MobileViTScoringEstimator : MobileViTEstimator<MobileViTScoringTransformer>
{
    private readonly SharedModel _model;

    internal MobileViTScoringEstimator(SharedModel model, ImageStep step)
        : base(step, ScoringPlan.For(model.Model, step).Columns)
    {
        _model = model;
    }

    private protected override MobileViTScoringTransformer CreateTransformer(ImageStep step) => new(_model, step);
}
