using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>Facts about models, put for people.</summary>
internal static class ModelSummary
{
    public static string Bytes(long count) => count switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{count} bytes"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1048576.0:0.0} MiB"),
    };

    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share; a dash where it is NaN.</summary>
    public static string Percent(double share) => double.IsNaN(share) ? "–" : Invariant($"{100 * share:0.0} %");

    /// <summary>The first few of many names.</summary>
    public static string Names(IReadOnlyList<string> names)
    {
        const int MostListed = 5;
        return string.Join(", ", names.Take(MostListed)) + (names.Count <= MostListed
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostListed} more"));
    }

    public static string Labels(ModelMetadata metadata) => metadata.Labels.Count == 0
        ? "no labels"
        : string.Create(
            CultureInfo.InvariantCulture, $"{metadata.Labels.Count} labels ({metadata.Labels[0]} … {metadata.Labels[^1]})");
}
