namespace MlNetMobileViT.Tool;

/// <summary>A calibration curve as a drawing: how often predictions of each probability are right.</summary>
internal static class CalibrationChart
{
    private const double Left = 40;
    private const double Top = 8;
    private const double Side = 200;
    private const double Width = 300;

    public static void Write(ReportPage page, CalibrationCurve curve)
    {
        page.Markup(
            $"""
            <div class="panel"><h2>Calibration: error {ReportPage.Percent(curve.ExpectedError)}</h2>
            <svg class="chart" viewBox="0 0 368 252" role="img" aria-label="Share of right predictions by probability; the numbers are below">
            """);
        for (int i = 0; i <= 4; i++)
        {
            double share = i / 4.0;
            page.Markup(Invariant($"""<line class="rule" x1="{Left}" x2="{Left + Width}" y1="{Y(share):0.#}" y2="{Y(share):0.#}"/>"""));
            page.Markup(Invariant($"""<text x="{Left - 6}" y="{Y(share) + 4:0.#}" text-anchor="end">{100 * share:0} %</text>"""));
            page.Markup(Invariant($"""<text x="{X(share):0.#}" y="{Top + Side + 16}" text-anchor="middle">{100 * share:0} %</text>"""));
        }

        CalibrationBin[] bins = [.. curve.Bins.Where(bin => bin.Count > 0)];
        foreach (CalibrationBin bin in bins)
        {
            page.Markup(Invariant(
                $"""<rect class="bar" x="{X(bin.Lower) + 1:0.#}" width="{(Width / CalibrationCurve.BinCount) - 2:0.#}" y="{Math.Min(Y(bin.Accuracy), Y(0) - 2):0.#}" height="{Math.Max(Y(0) - Y(bin.Accuracy), 2):0.#}"><title>{Range(bin)}: {ReportPage.Count(bin.Count)} images, mean probability {ReportPage.Percent(bin.Confidence)}, right {ReportPage.Percent(bin.Accuracy)}</title></rect>"""));
        }

        page.Markup(Invariant($"""<line class="ideal" x1="{X(0)}" y1="{Y(0)}" x2="{X(1)}" y2="{Y(1)}"/>"""));
        page.Markup($"""<polyline class="curve" points="{string.Join(' ', bins.Select(bin => Invariant($"{X(bin.Confidence):0.#},{Y(bin.Accuracy):0.#}")))}"/>""");
        foreach (CalibrationBin bin in bins)
        {
            page.Markup(Invariant($"""<circle class="point" cx="{X(bin.Confidence):0.#}" cy="{Y(bin.Accuracy):0.#}" r="3.5"/>"""));
        }

        page.Markup(
            $"""
            <text x="{Left + (Width / 2):0}" y="{Top + Side + 36}" text-anchor="middle">probability of the prediction</text>
            </svg>
            <p class="muted">Bars are the share that is right; on the broken line it is what was promised.</p>
            <details><summary>Numbers</summary><table><thead><tr><th>Probability</th><th class="right">Images</th><th class="right">Mean</th><th class="right">Right</th></tr></thead><tbody>
            """);
        foreach (CalibrationBin bin in bins)
        {
            page.Markup(
                $"<tr><td>{Range(bin)}</td><td class=\"right\">{ReportPage.Count(bin.Count)}</td>"
                + $"<td class=\"right\">{ReportPage.Percent(bin.Confidence)}</td><td class=\"right\">{ReportPage.Percent(bin.Accuracy)}</td></tr>");
        }

        page.Markup("</tbody></table></details></div>");
    }

    private static string Range(CalibrationBin bin) => $"{ReportPage.Percent(bin.Lower)} to {ReportPage.Percent(bin.Upper)}";

    private static double X(double share) => Left + (Width * share);

    private static double Y(double share) => Top + (Side * (1 - share));
}
