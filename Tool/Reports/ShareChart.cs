namespace MlNetMobileViT.Tool;

/// <summary>A drawing whose axes are both shares, with a curve, and its numbers as a table below for those who do not see it.</summary>
/// <param name="page">The page.</param>
/// <param name="least">The least share on the vertical axis; it ends with 100 %.</param>
internal sealed class ShareChart(ReportPage page, double least = 0)
{
    /// <summary>The width of the area that is drawn on.</summary>
    public const double Width = 300;

    private const double Left = 40;
    private const double Top = 8;
    private const double Side = 200;

    /// <summary>Where a share is on the horizontal axis.</summary>
    public static double X(double share) => Left + (Width * share);

    /// <summary>Where a share is on the vertical axis.</summary>
    public double Y(double share) => Top + (Side * (1 - share) / (1 - least));

    /// <summary>Begins the drawing, with its axes.</summary>
    /// <param name="label">What it shows.</param>
    public void Begin(string label)
    {
        page.Markup($"""<svg class="chart" viewBox="0 0 368 252" role="img" aria-label="{ReportPage.Escape(label)}; the numbers are below">""");
        for (int i = 0; i <= 4; i++)
        {
            double across = i / 4.0;
            double up = least + ((1 - least) * across);
            page.Markup(Invariant($"""<line class="rule" x1="{Left}" x2="{Left + Width}" y1="{Y(up):0.#}" y2="{Y(up):0.#}"/>"""));
            page.Markup(Invariant($"""<text x="{Left - 6}" y="{Y(up) + 4:0.#}" text-anchor="end">{100 * up:0} %</text>"""));
            page.Markup(Invariant($"""<text x="{X(across):0.#}" y="{Top + Side + 16}" text-anchor="middle">{100 * across:0} %</text>"""));
        }
    }

    /// <summary>Draws a curve with its points.</summary>
    public void Curve(IReadOnlyCollection<(double Across, double Up)> points)
    {
        page.Markup($"""<polyline class="curve" points="{string.Join(' ', points.Select(point => Invariant($"{X(point.Across):0.#},{Y(point.Up):0.#}")))}"/>""");
        foreach (var (across, up) in points)
        {
            page.Markup(Invariant($"""<circle class="point" cx="{X(across):0.#}" cy="{Y(up):0.#}" r="3.5"/>"""));
        }
    }

    /// <summary>Ends the drawing.</summary>
    /// <param name="axis">What the horizontal axis shows.</param>
    /// <param name="note">A sentence below.</param>
    /// <param name="header">The heading of the table of numbers.</param>
    /// <param name="rows">Its rows.</param>
    public void End(string axis, string note, IReadOnlyList<string> header, IEnumerable<string[]> rows)
    {
        page.Markup(
            $"""
            <text x="{Left + (Width / 2):0}" y="{Top + Side + 36}" text-anchor="middle">{ReportPage.Escape(axis)}</text>
            </svg>
            <p class="muted">{ReportPage.Escape(note)}</p>
            <details><summary>Numbers</summary>
            """);
        page.Table(header, rows);
        page.Markup("</details>");
    }
}
