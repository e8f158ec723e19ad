using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>The outputs of the model that a classification reads.</summary>
internal sealed class ScoresRow : SettingsRow
{
    public const string RankName = SavedOnnx.ColumnPrefix + "rank";
    public const string ProbabilitiesName = SavedOnnx.ColumnPrefix + "probabilities";

    [ColumnName(RankName)]
    public VBuffer<float> Rank { get; set; }

    [ColumnName(ProbabilitiesName)]
    public VBuffer<float> Probabilities { get; set; }
}

/// <summary>What a classification makes of them.</summary>
internal sealed class ClassesRow
{
    public const string LabelName = SavedOnnx.ColumnPrefix + "label";
    public const string ProbabilityName = SavedOnnx.ColumnPrefix + "probability";
    public const string TopLabelsName = SavedOnnx.ColumnPrefix + "top_labels";

    [ColumnName(LabelName)]
    public ReadOnlyMemory<char> Label { get; set; }

    [ColumnName(ProbabilityName)]
    public float Probability { get; set; }

    [ColumnName(TopLabelsName)]
    public VBuffer<ReadOnlyMemory<char>> TopLabels { get; set; }
}
