namespace MlNetMobileViT.Tool;

/// <summary>A calibration curve as a drawing: how often predictions of each probability are right.</summary>
internal static class CalibrationChart
{
    public static void Write(ReportPage page, CalibrationCurve curve)
    {
        var chart = new ShareChart(page);
        page.Markup($"<div class=\"panel\"><h2>Calibration: error {ReportPage.Percent(curve.ExpectedError)}</h2>");
        chart.Begin("Share of right predictions by probability");
        CalibrationBin[] bins = [.. curve.Bins.Where(bin => bin.Count > 0)];
        foreach (CalibrationBin bin in bins)
        {
            page.Markup(Invariant(
                $"""<rect class="bar" x="{ShareChart.X(bin.Lower) + 1:0.#}" width="{(ShareChart.Width / CalibrationCurve.BinCount) - 2:0.#}" y="{Math.Min(chart.Y(bin.Accuracy), chart.Y(0) - 2):0.#}" height="{Math.Max(chart.Y(0) - chart.Y(bin.Accuracy), 2):0.#}"><title>{Range(bin)}: {ReportPage.Count(bin.Count)} images, mean probability {ReportPage.Percent(bin.Confidence)}, right {ReportPage.Percent(bin.Accuracy)}</title></rect>"""));
        }

        page.Markup(Invariant(
            $"""<line class="ideal" x1="{ShareChart.X(0)}" y1="{chart.Y(0)}" x2="{ShareChart.X(1)}" y2="{chart.Y(1)}"/>"""));
        chart.Curve([.. bins.Select(bin => (bin.Confidence, bin.Accuracy))]);
        chart.End(
            "probability of the prediction",
            "Bars are the share that is right; on the broken line it is what was promised.",
            ["Probability", "Images", "Mean", "Right"],
            bins.Select(bin => new[]
            {
                Range(bin), ReportPage.Count(bin.Count), ReportPage.Percent(bin.Confidence), ReportPage.Percent(bin.Accuracy),
            }));
        page.Markup("</div>");
    }

    private static string Range(CalibrationBin bin) => $"{ReportPage.Percent(bin.Lower)} to {ReportPage.Percent(bin.Upper)}";
}
