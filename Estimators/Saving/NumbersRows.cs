using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>What the model of a saved pipeline gave for an image, as it came.</summary>
internal sealed class ModelValuesRow : SettingsRow
{
    public const string ValuesName = SavedOnnx.ColumnPrefix + "values";
    public const string ImagePathName = SavedOnnx.ColumnPrefix + "path";

    /// <summary>All outputs that the step takes, one after the other.</summary>
    [ColumnName(ValuesName)]
    public VBuffer<float> Values { get; set; }

    /// <summary>Where the image is, if the input column holds paths.</summary>
    [ColumnName(ImagePathName)]
    public ReadOnlyMemory<char> ImagePath { get; set; }

    [ColumnName(PreprocessedRow.ErrorName)]
    public ReadOnlyMemory<char> Error { get; set; }
}

/// <summary>The same where all are numbers; else NaN throughout, and the reason.</summary>
internal sealed class NumbersRow
{
    public const string NumbersName = SavedOnnx.ColumnPrefix + "numbers";
    public const string ErrorName = SavedOnnx.ColumnPrefix + "row_error";

    [ColumnName(NumbersName)]
    public VBuffer<float> Numbers { get; set; }

    [ColumnName(ErrorName)]
    public ReadOnlyMemory<char> Error { get; set; }
}
