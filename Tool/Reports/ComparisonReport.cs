using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>What a quantization tried and what it costs, as a page.</summary>
internal static class ComparisonReport
{
    private const int MaxLayers = 24;

    /// <summary>Writes the page.</summary>
    public static Task WriteAsync(string path, string model, ReportOrigin origin, QuantizationReport report)
    {
        QuantizationAttempt taken = report.Attempts[^1];
        var folder = new SharedFolder(path, taken.Comparison?.Worst.Select(image => image.Image.Path) ?? []);
        return ReportPage.WriteAsync(path, $"{Path.GetFileName(report.OutputPath)}: 8 bits", model, origin, page =>
        {
            string[] cells = ComparisonText.Cells(taken.Comparison);
            page.Stats(
                new ReportStat(ComparisonText.Name(taken.Level), "level"),
                new ReportStat(ComparisonText.Speed(taken.Speed), "as fast as float"),
                new ReportStat(ModelSummary.Bytes(report.OutputBytes), $"instead of {ModelSummary.Bytes(report.FloatBytes)}"),
                new ReportStat(cells[0], "same label"),
                new ReportStat(cells[1], "mean |Δ probability|"));
            Attempts(page, report);
            Layers(page, report.Layers);
            Worst(page, taken.Comparison, folder);
            foreach (string note in report.Notes)
            {
                page.Markup($"<p class=\"muted\">{ReportPage.Escape(note)}</p>");
            }

            page.Failures(report.Unreadable, report.Unreadable.Count);
        });
    }

    private static void Attempts(ReportPage page, QuantizationReport report)
    {
        page.Markup("<h2>Levels that were tried</h2>");
        page.Markup("<div class=\"panel scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Levels\"><table>");
        page.Markup("<thead><tr><th>Level</th><th>Kept float</th>");
        foreach (string column in (string[])["Speed", "Size", .. ComparisonText.Columns])
        {
            page.Markup($"<th class=\"right\">{ReportPage.Escape(column)}</th>");
        }

        page.Markup("</tr></thead><tbody>");
        for (int i = 0; i < report.Attempts.Count; i++)
        {
            QuantizationAttempt attempt = report.Attempts[i];
            string name = ComparisonText.Name(attempt.Level);
            page.Markup(
                $"<tr><td>{(i == report.Attempts.Count - 1 ? $"<b>{name}</b>, taken" : name)}</td>"
                + $"<td>{ReportPage.Escape(ComparisonText.Layers(attempt.FloatLayers))}</td>");
            foreach (string cell in (string[])
                [ComparisonText.Speed(attempt.Speed), ModelSummary.Bytes(attempt.Bytes), .. ComparisonText.Cells(attempt.Comparison)])
            {
                page.Markup($"<td class=\"right\">{ReportPage.Escape(cell)}</td>");
            }

            page.Markup("</tr>");
        }

        page.Markup("</tbody></table></div>");
    }

    private static void Layers(ReportPage page, IReadOnlyList<LayerError> layers)
    {
        if (layers.Count == 0)
        {
            return;
        }

        double largest = Math.Max(layers[0].MeanDifference, double.Epsilon);
        page.Markup("<h2>Error of each layer alone in 8 bits (mean |Δ probability|)</h2><div class=\"panel\"><div class=\"bars\">");
        foreach (LayerError layer in layers.Take(MaxLayers))
        {
            Bar(page, layer.Layer, layer.MeanDifference / largest, ComparisonText.Difference(layer.MeanDifference), isFirst: false);
        }

        page.Markup("</div></div>");
        if (layers.Count > MaxLayers)
        {
            page.Markup($"<p class=\"muted note\">The first {MaxLayers} of {ReportPage.Count(layers.Count)}.</p>");
        }
    }

    private static void Worst(ReportPage page, ModelComparison? comparison, SharedFolder folder)
    {
        if (comparison is null)
        {
            return;
        }

        page.Markup($"<h2>Largest differences on {ReportPage.Count(comparison.Images)} held-out images</h2>");
        page.Where(folder);
        page.Markup("<div class=\"grid\">");
        foreach (ComparedImage image in comparison.Worst)
        {
            string path = image.Image.Path;
            page.Markup(
                $"<article class=\"card\">{ReportPage.LinkedImage(folder, path)}<div class=\"body\">"
                + $"<div class=\"name\">{ReportPage.Escape(folder.Below(path))}</div><div class=\"bars\">");
            Bar(page, $"float: {image.FloatLabel}", image.FloatProbability, ReportPage.Percent(image.FloatProbability), isFirst: true);
            Bar(page, $"8 bits: {image.EightBitLabel}", image.EightBitProbability, ReportPage.Percent(image.EightBitProbability), isFirst: true);
            page.Markup("</div></div></article>");
        }

        page.Markup("</div>");
    }

    private static void Bar(ReportPage page, string label, double share, string value, bool isFirst) => page.Markup(
        $"<div class=\"label{(isFirst ? " first" : "")}\">{ReportPage.Escape(label)}<i style=\"--p:{ReportPage.CssPercent(share)}\"></i></div>"
        + $"<div class=\"value\">{ReportPage.Escape(value)}</div>");
}
