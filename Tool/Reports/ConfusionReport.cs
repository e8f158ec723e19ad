namespace MlNetMobileViT.Tool;

/// <summary>How well classes were told apart, as a page: numbers, the matrix, the most confused pairs with their pictures.</summary>
internal static class ConfusionReport
{
    private const int LargestMatrix = 60;
    private const int MaxPairs = 20;
    private const int MaxPicturesOfPair = 12;

    /// <summary>Writes the page.</summary>
    public static Task WriteAsync(
        string path,
        string title,
        string subtitle,
        Confusion confusion,
        (string Value, string Name, bool IsBad)[] stats,
        IReadOnlyList<(string Path, string Reason)> failures) =>
        ReportPage.WriteAsync(path, title, subtitle, page =>
        {
            page.Stats(stats);
            IReadOnlyList<int> touched = confusion.Touched;
            if (touched.Count <= LargestMatrix)
            {
                Matrix(page, confusion, touched);
            }

            Pairs(page, confusion);
            Classes(page, confusion);
            page.Failures(failures, failures.Count);
        });

    private static void Matrix(ReportPage page, Confusion confusion, IReadOnlyList<int> touched)
    {
        page.Markup(
            "<h2>Confusion</h2><div class=\"panel scroll\"><table class=\"confusion\" style=\"width:auto\"><thead><tr>"
            + "<th>truth \\ prediction</th>");
        foreach (int column in touched)
        {
            page.Markup($"<th class=\"class\">{ReportPage.Escape(confusion.Labels[column])}</th>");
        }

        page.Markup("</tr></thead><tbody>");
        foreach (int row in touched)
        {
            page.Markup($"<tr><th>{ReportPage.Escape(confusion.Labels[row])}</th>");
            foreach (int column in touched)
            {
                int count = confusion.CountOf(row, column);
                string kind = count == 0 ? "zero" : row == column ? "right-class" : "wrong";
                double share = count == 0 ? 0 : (double)count / confusion.SeenOf(row);
                // A single mistake among many pictures is still to be seen.
                string tint = ReportPage.CssPercent(count == 0 ? 0 : 0.15 + (0.6 * share));
                page.Markup($"<td class=\"{kind}\" style=\"--p:{tint}\">{count}</td>");
            }

            page.Markup("</tr>");
        }

        page.Markup("</tbody></table></div>");
    }

    private static void Pairs(ReportPage page, Confusion confusion)
    {
        var pairs = confusion.Pairs.Take(MaxPairs).ToArray();
        if (pairs.Length == 0)
        {
            page.Markup("<h2>Most confused</h2><p class=\"muted\">Nothing was confused.</p>");
            return;
        }

        page.Markup("<h2>Most confused</h2>");
        foreach (var (truth, predicted, paths) in pairs)
        {
            page.Markup(
                $"<p><b>{ReportPage.Escape(truth)}</b> taken for <b>{ReportPage.Escape(predicted)}</b> "
                + $"<span class=\"muted\">({ReportPage.Count(paths.Count)})</span></p><div class=\"strip\">");
            foreach (string picture in paths.Take(MaxPicturesOfPair))
            {
                page.Markup(
                    $"<figure>{ReportPage.Image(Thumbnail.Create(picture), picture)}"
                    + $"<figcaption>{ReportPage.Escape(picture)}</figcaption></figure>");
            }

            page.Markup("</div>");
        }
    }

    private static void Classes(ReportPage page, Confusion confusion)
    {
        page.Markup(
            "<h2>Classes, the hardest first</h2><div class=\"panel scroll\"><table><thead><tr><th>Class</th>"
            + "<th class=\"right\">Images</th><th class=\"right\">Accuracy</th></tr></thead><tbody>");
        foreach (int label in confusion.Seen.OrderBy(confusion.AccuracyOf).ThenBy(label => label))
        {
            page.Markup(
                $"<tr><td>{ReportPage.Escape(confusion.Labels[label])}</td><td class=\"right\">"
                + $"{ReportPage.Count(confusion.SeenOf(label))}</td><td class=\"right\">"
                + $"{ReportPage.Percent(confusion.AccuracyOf(label))}</td></tr>");
        }

        page.Markup("</tbody></table></div>");
    }
}
