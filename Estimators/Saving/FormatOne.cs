using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT;

// What pipelines of the first form have in them and those of today have not. There, one mapping checked the model's numbers, a
// graph made the columns, and another mapping found the classes; nobody asked where in the picture the pixels were.

/// <summary>The model's outputs where all are numbers; else NaN throughout, and the reason.</summary>
internal sealed class NumbersRow
{
    [ColumnName(SavedOnnx.ColumnPrefix + "numbers")]
    public VBuffer<float> Numbers { get; set; }

    [ColumnName(SavedOnnx.ColumnPrefix + "row_error")]
    public ReadOnlyMemory<char> Error { get; set; }
}

/// <summary>The outputs of the model that a classification reads.</summary>
internal sealed class ScoresRow : SettingsRow
{
    [ColumnName(SavedOnnx.ColumnPrefix + "rank")]
    public VBuffer<float> Rank { get; set; }

    [ColumnName(SavedOnnx.ColumnPrefix + "probabilities")]
    public VBuffer<float> Probabilities { get; set; }
}

/// <summary>What a classification makes of them.</summary>
internal sealed class ClassesRow
{
    [ColumnName(SavedOnnx.ColumnPrefix + "label")]
    public ReadOnlyMemory<char> Label { get; set; }

    [ColumnName(SavedOnnx.ColumnPrefix + "probability")]
    public float Probability { get; set; }

    [ColumnName(SavedOnnx.ColumnPrefix + "top_labels")]
    public VBuffer<ReadOnlyMemory<char>> TopLabels { get; set; }
}

[CustomMappingFactoryAttribute("MlNetMobileViT.PreprocessPath")]
internal sealed class FormatOnePathMapping : PreprocessingMapping<PathRow, PixelsOrErrorRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.PreprocessEncoded")]
internal sealed class FormatOneEncodedMapping : PreprocessingMapping<EncodedRow, PixelsOrErrorRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.PreprocessDecoded")]
internal sealed class FormatOneDecodedMapping : PreprocessingMapping<DecodedRow, PixelsOrErrorRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.PreprocessImageBytes")]
internal sealed class FormatOneImageBytesMapping : PreprocessingMapping<ImageBytesRow, PixelsOrErrorRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.PassPixels")]
internal sealed class FormatOnePixelsMapping : PreprocessingMapping<PixelsRow, PixelsOrErrorRow>;

/// <summary>Passes what the model gave on, where it gave numbers.</summary>
[CustomMappingFactoryAttribute("MlNetMobileViT.Numbers")]
internal sealed class NumbersMapping : CustomMappingFactory<ModelValuesRow, NumbersRow>
{
    public override Action<ModelValuesRow, NumbersRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) =>
        {
            SavedSettings.Reading reading = settings.Read(input.Settings);
            RowResult row = reading.Decode(reading.Outputs, input, geometry: null);
            output.Numbers = SavedMapping.Join(row, reading.Outputs.Columns);
            output.Error = row.ErrorText.AsMemory();
        };
    }
}

/// <summary>Finds the most likely classes.</summary>
[CustomMappingFactoryAttribute("MlNetMobileViT.Classes")]
internal sealed class ClassesMapping : CustomMappingFactory<ScoresRow, ClassesRow>
{
    public override Action<ScoresRow, ClassesRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => Map(settings.Read(input.Settings).Step, input, output);
    }

    private static void Map(ImageStep step, ScoresRow input, ClassesRow output)
    {
        ReadOnlySpan<float> scores = input.Rank.GetValues();
        (IReadOnlyList<string> labels, int topK) = step is ClassificationStep classification
            ? (classification.Labels!, classification.Options.TopK)
            : throw ImageStep.Unreadable("it is no classification.");
        if (labels.Count != scores.Length)
        {
            throw ImageStep.Unreadable($"it has {labels.Count} labels for {scores.Length} classes.");
        }

        int[] classes = new int[Math.Min(topK, labels.Count)];
        bool isMissing = float.IsNaN(scores[0]);
        if (!isMissing)
        {
            ClassRanking.Rank(scores, classes);
        }

        string[] topLabels = [.. classes.Select(index => isMissing ? "" : labels[index])];
        output.Label = topLabels[0].AsMemory();
        output.Probability = isMissing ? float.NaN : input.Probabilities.GetValues()[classes[0]];
        output.TopLabels = OutputColumn.TextVector(topLabels);
    }
}
