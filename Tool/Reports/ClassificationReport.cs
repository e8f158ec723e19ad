namespace MlNetMobileViT.Tool;

/// <summary>What was classified, as a page: numbers, a histogram of confidence, pictures with their classes, failures.</summary>
internal static class ClassificationReport
{
    private const int MaxFailures = 1000;
    private const int ChipsAtFirst = 24;
    private const int Bins = 20;

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">A line about the model.</param>
    /// <param name="origin">What made the page.</param>
    /// <param name="rows">Reads the rows from the first; called more than once.</param>
    /// <param name="truthOf">What is on a picture, by its path; null where that is not known.</param>
    /// <param name="explain">Where classes were seen; null where cards do not show it.</param>
    public static Task WriteAsync(
        string path,
        string title,
        string subtitle,
        ReportOrigin origin,
        Func<IEnumerable<ResultRow>> rows,
        Func<string, string?>? truthOf = null,
        ExplainPictures? explain = null)
    {
        long succeeded = 0;
        long failed = 0;
        long labeled = 0;
        long right = 0;
        double confidence = 0;
        long[] bins = new long[Bins];
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        var failures = new List<(string, string)>();
        var folder = new SharedFolder(path, rows().Where(row => row.Error is null).Select(row => row.Path));
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
            seen[row.Labels[0]] = seen.GetValueOrDefault(row.Labels[0]) + 1;
            string? truth = truthOf?.Invoke(row.Path);
            labeled += truth is null ? 0 : 1;
            right += truth == row.Labels[0] ? 1 : 0;
            foreach (string label in (string[])[.. row.Labels, .. truth is null ? [] : new[] { truth }])
            {
                labels.TryAdd(label, labels.Count);
            }
        }

        return ReportPage.WriteAsync(path, title, subtitle, origin, page =>
        {
            page.Stats(
            [
                new ReportStat(ReportPage.Count(succeeded + failed), "images"),
                .. labeled == 0 ? [] : new[] { new ReportStat(ReportPage.Percent((double)right / labeled), $"right of {ReportPage.Count(labeled)}") },
                ReportStat.Failures(failed),
                new ReportStat(ReportPage.Count(seen.Count), "classes seen"),
                new ReportStat(ReportPage.Percent(confidence / succeeded), "mean confidence"),
            ]);
            if (succeeded > 0)
            {
                page.Markup("<div class=\"two\">");
                page.Histogram("Confidence of the first class", bins);
                Chips(page, seen, labels);
                page.Markup("</div>");
                Gallery(page, rows(), succeeded, folder, labels, truthOf, labeled > 0, explain);
            }

            page.Failures(failures, failed);
        });
    }

    private static void Chips(ReportPage page, Dictionary<string, long> seen, Dictionary<string, int> labels)
    {
        page.Markup("<div class=\"panel\"><h2>Classes</h2><div class=\"labels\" id=\"chips\">");
        int written = 0;
        foreach (var (label, count) in seen.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            page.Markup(
                $"<button type=\"button\" data-label=\"{labels[label]}\" aria-pressed=\"false\"{(written++ < ChipsAtFirst ? "" : " class=\"more\"")}>"
                + $"{ReportPage.Escape(label)}<span>{ReportPage.Count(count)}</span></button>");
        }

        if (seen.Count > ChipsAtFirst)
        {
            page.Markup(
                $"<button type=\"button\" id=\"all-chips\" aria-expanded=\"false\">{ReportPage.Count(seen.Count - ChipsAtFirst)} more …</button>");
        }

        page.Markup("</div></div>");
    }

    private static void Gallery(
        ReportPage page,
        IEnumerable<ResultRow> rows,
        long succeeded,
        SharedFolder folder,
        Dictionary<string, int> labels,
        Func<string, string?>? truthOf,
        bool hasTruth,
        ExplainPictures? explain)
    {
        int most = explain is null ? PictureGallery.MaxPictures : PictureGallery.MaxExplained;
        long step = (succeeded + most - 1) / most;
        long count = (succeeded + step - 1) / step;
        var cards = rows.Where(row => row.Error is null).Where((_, index) => index % step == 0).Select(row =>
        {
            string? truth = truthOf?.Invoke(row.Path);
            int rank = Array.IndexOf(row.Labels, truth) + 1;
            return new PictureCard(row.Path, [.. row.Labels.Zip(row.Numbers, (label, number) => (labels[label], (double)number))])
            {
                Truth = truth is null ? null : labels[truth],
                TruthRank = rank == 0 ? null : rank,
            };
        });
        PictureGallery.Write(page, new GalleryContent(
            step == 1 ? "Images" : $"Images ({ReportPage.Count(count)} of {ReportPage.Count(succeeded)}, evenly spread)",
            folder,
            [.. labels.Keys],
            explain is null ? cards : PictureGallery.Explained(cards, [.. labels.Keys], explain),
            count)
        {
            HasTruth = hasTruth,
            HasActivations = explain is not null,
        });
    }
}
