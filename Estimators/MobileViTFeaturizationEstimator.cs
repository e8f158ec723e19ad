using Microsoft.ML;

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
/// The vector is the pooled one before the classifier (`features`) unless another output is asked for: a stage's feature map
/// comes as a vector of shape `C, H, W`. Missing values: where bad images are marked, all values of such a row are NaN.
/// ]]></format>
/// </remarks>
/// <seealso cref="MobileViTCatalog"/>
public sealed class MobileViTFeaturizationEstimator : MobileViTEstimator<MobileViTFeaturizationTransformer>
{
    private readonly SharedModel _model;
    private readonly string _inputColumnName;
    private readonly ScoringPlan _plan;
    private readonly MobileViTScoringOptions _options;

    internal MobileViTFeaturizationEstimator(SharedModel model, string inputColumnName, ScoringPlan plan, MobileViTScoringOptions options)
        : base(ImageColumn.ForModel(inputColumnName, model.Model), plan.Columns)
    {
        _model = model;
        _inputColumnName = inputColumnName;
        _plan = plan;
        _options = options;
    }

    private protected override MobileViTFeaturizationTransformer CreateTransformer(DataViewSchema inputSchema) =>
        new(_model, _inputColumnName, _plan, _options);
}
