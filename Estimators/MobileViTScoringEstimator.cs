using Microsoft.ML;

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
    private readonly string _inputColumnName;
    private readonly ScoringPlan _plan;
    private readonly MobileViTScoringOptions _options;

    internal MobileViTScoringEstimator(SharedModel model, string inputColumnName, ScoringPlan plan, MobileViTScoringOptions options)
        : base(ImageColumn.ForModel(inputColumnName, model.Model), plan.Columns)
    {
        _model = model;
        _inputColumnName = inputColumnName;
        _plan = plan;
        _options = options;
    }

    private protected override MobileViTScoringTransformer CreateTransformer(DataViewSchema inputSchema) =>
        new(_model, _inputColumnName, _plan, _options);
}
