using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Images to pixels, without a model.</summary>
internal sealed record PreprocessingStep : ImageStep
{
    public required MobileViTPreprocessingOptions Options { get; init; }

    internal override MobileViTPreprocessingOptions CommonOptions => Options;

    internal override ImageColumn Input => new(InputColumnName, PixelShape: null);

    /// <summary>The columns: the pixels, and the errors where they are marked.</summary>
    public IReadOnlyList<OutputColumn> CreateColumns()
    {
        var type = new VectorDataViewType(NumberDataViewType.Single, 3, Preprocessing.Height, Preprocessing.Width);
        List<OutputColumn> columns = [new OutputColumn<float>(OutputColumnName, type, index: 0, float.NaN)];
        ErrorColumn.AddTo(columns, Options);
        return columns;
    }

    public override ImageStep With(MobileViTPipelineOptions changes) => this with { Options = changes.ApplyTo(Options) };

    protected override void Validate()
    {
        base.Validate();
        Require(InputKind != ImageColumnKind.Pixels, "it cannot preprocess pixels.");
    }
}
