using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>What 8 bits cost, in the words of tables and pages alike.</summary>
internal static class ComparisonText
{
    /// <summary>The columns about a comparison, in the order of <see cref="Cells"/>.</summary>
    public static readonly string[] Columns = ["Same label", "Mean |Δp|", "Top-1", "Top-5"];

    /// <summary>What a comparison showed; dashes where there was none.</summary>
    public static string[] Cells(ModelComparison? comparison) =>
    [
        comparison is null ? "–" : Percent(comparison.SameLabel),
        comparison is null ? "–" : Difference(comparison.MeanDifference),
        comparison?.Accuracy is { } first ? Change(first.FloatTop1, first.EightBitTop1) : "–",
        comparison?.Accuracy is { } five ? Change(five.FloatTop5, five.EightBitTop5) : "–",
    ];

    /// <summary>The name of a level, as options take it.</summary>
    public static string Name(QuantizationLevel level) => level.ToString().ToLowerInvariant();

    /// <summary>Layers that stayed float.</summary>
    public static string Layers(IReadOnlyList<string> layers) => layers.Count == 0 ? "none" : ModelSummary.Names(layers);

    /// <summary>A speed ratio.</summary>
    public static string Speed(double ratio) => Invariant($"{ratio:0.00}×");

    /// <summary>A mean or single difference of probabilities.</summary>
    public static string Difference(double difference) => Invariant($"{difference:0.0000}");

    /// <summary>A label with its probability.</summary>
    public static string Answer(string label, float probability) => $"{label} {ReportPage.Percent(probability)}";

    /// <summary>A share in [0, 1] with two decimals: one picture of thousands counts here.</summary>
    public static string Percent(double share) => Invariant($"{100 * share:0.00} %");

    private static string Change(double before, double after) => Invariant($"{100 * before:0.00} → {100 * after:0.00} %");
}
