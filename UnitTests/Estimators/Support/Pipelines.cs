using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>What many tests do with a pipeline.</summary>
internal static class Pipelines
{
    /// <summary>The logits of every row, in the order in which the rows come.</summary>
    public static ScoredRow[] Score(
        this MLContext context, IDataView data, MobileViTModel model, MobileViTScoringOptions? options = null)
    {
        using MobileViTScoringTransformer transformer =
            context.Transforms.ScoreImages("Logits", model, "Path", options: options).Fit(data);
        return [.. context.Data.CreateEnumerable<ScoredRow>(transformer.Transform(data), reuseRowObject: false)];
    }

    /// <summary>The values of a vector column, row by row.</summary>
    public static float[][] Vectors(this IDataView data, string column) =>
        [.. data.GetColumn<float[]>(column)];

    /// <summary>The values of a text column.</summary>
    public static string[] Texts(this IDataView data, string column) => [.. data.GetColumn<string>(column)];
}
