using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>What the custom mapping of a saved pipeline makes of an image: the input of the model.</summary>
internal sealed class PreprocessedRow
{
    public const string ErrorName = SavedOnnx.ColumnPrefix + "error";

    [ColumnName(SavedInput.Name)]
    public VBuffer<float> Pixels { get; set; }

    [ColumnName(ErrorName)]
    public ReadOnlyMemory<char> Error { get; set; }
}
