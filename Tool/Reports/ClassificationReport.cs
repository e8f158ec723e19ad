namespace MlNetMobileViT.Tool;

/// <summary>What was classified, as a page: numbers, a histogram of confidence, pictures with their classes, failures.</summary>
internal static class ClassificationReport
{
    /// <summary>The most pictures on a page; of more, every n-th is shown.</summary>
    public const int MaxPictures = 1000;

    // With text and markup, the page stays below 20 MB.
    private const long MaxPictureCharacters = 16_000_000;
    private const int MaxFailures = 1000;
    private const int MaxChips = 200;
    private const int Bins = 20;

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">A line about the model.</param>
    /// <param name="rows">Reads the rows from the first; called more than once.</param>
    public static Task WriteAsync(string path, string title, string subtitle, Func<IEnumerable<ResultRow>> rows)
    {
        long succeeded = 0;
        long failed = 0;
        double confidence = 0;
        long[] bins = new long[Bins];
        var labels = new Dictionary<string, long>(StringComparer.Ordinal);
        var failures = new List<(string, string)>();
        foreach (ResultRow row in rows())
        {
            if (row.Error is not null)
            {
                failed++;
                if (failures.Count < MaxFailures)
                {
                    failures.Add((row.Path, row.Error));
                }

                continue;
            }

            succeeded++;
            confidence += row.Numbers[0];
            bins[Math.Clamp((int)(row.Numbers[0] * Bins), 0, Bins - 1)]++;
            labels[row.Labels[0]] = labels.GetValueOrDefault(row.Labels[0]) + 1;
        }

        return ReportPage.WriteAsync(path, title, subtitle, page =>
        {
            page.Stats(
                (ReportPage.Count(succeeded + failed), "images", false),
                (ReportPage.Count(failed), "failed", failed > 0),
                (ReportPage.Count(labels.Count), "classes seen", false),
                (succeeded == 0 ? "–" : ReportPage.Percent(confidence / succeeded), "mean confidence", false));
            if (succeeded > 0)
            {
                page.Markup("<div class=\"two\">");
                page.Histogram("Confidence of the first class", bins);
                Chips(page, labels);
                page.Markup("</div>");
                Cards(page, rows(), succeeded);
            }

            page.Failures(failures, failed);
        });
    }

    private static void Chips(ReportPage page, Dictionary<string, long> labels)
    {
        page.Markup("<div class=\"panel\"><h2>Classes</h2><div class=\"labels\">");
        foreach (var (label, count) in labels.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(MaxChips))
        {
            string text = ReportPage.Escape(label);
            page.Markup(
                $"<button type=\"button\" data-label=\"{text}\" aria-pressed=\"false\">{text}<span>{ReportPage.Count(count)}</span></button>");
        }

        page.Markup("</div></div>");
    }

    private static void Cards(ReportPage page, IEnumerable<ResultRow> rows, long succeeded)
    {
        long step = (succeeded + MaxPictures - 1) / MaxPictures;
        string heading = step == 1 ? "Images" : $"Images (every {ReportPage.Count(step)}th of {ReportPage.Count(succeeded)})";
        page.Markup(
            $"""
            <div class="tools">
            <h2>{heading} <span class="muted num" id="shown"></span></h2>
            <input id="search" type="search" placeholder="Filter by name or class" aria-label="Filter by name or class" data-script hidden>
            <select id="order" aria-label="Order" data-script hidden>
            <option value="input">In the order of the input</option>
            <option value="low">Least confident first</option>
            <option value="high">Most confident first</option>
            </select>
            </div>
            <div class="grid" id="cards">
            """);
        long budget = MaxPictureCharacters;
        var pictures = rows.Where(row => row.Error is null).Where((_, index) => index % step == 0)
            .AsParallel().AsOrdered().Select(row => (Row: row, Picture: Thumbnail.Create(row.Path)));
        foreach (var (row, picture) in pictures)
        {
            budget -= picture?.Length ?? 0;
            Card(page, row, budget >= 0 ? picture : null);
        }

        page.Markup("</div>");
    }

    private static void Card(ReportPage page, ResultRow row, string? picture)
    {
        string text = string.Join(' ', [row.Path, .. row.Labels]).ToLowerInvariant();
        page.Markup(
            $"<article class=\"card\" data-label=\"{ReportPage.Escape(row.Labels[0])}\" data-text=\"{ReportPage.Escape(text)}\" "
            + Invariant($"data-confidence=\"{row.Numbers[0]:0.####}\">"));
        page.Markup(ReportPage.Image(picture, row.Path));
        page.Markup($"<div class=\"body\"><div class=\"name\">{ReportPage.Escape(row.Path)}</div><div class=\"bars\">");
        for (int i = 0; i < row.Labels.Length; i++)
        {
            page.Markup(
                $"<div class=\"label{(i == 0 ? " first" : "")}\">{ReportPage.Escape(row.Labels[i])}"
                + $"<i style=\"--p:{ReportPage.CssPercent(row.Numbers[i])}\"></i></div>"
                + $"<div class=\"value\">{ReportPage.Percent(row.Numbers[i])}</div>");
        }

        page.Markup("</div></div></article>");
    }
}
