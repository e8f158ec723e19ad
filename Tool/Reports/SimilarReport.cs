namespace MlNetMobileViT.Tool;

/// <summary>The pictures that are most like others, as a sheet.</summary>
internal static class SimilarReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">A line about the model.</param>
    /// <param name="origin">What made the page.</param>
    /// <param name="results">The pictures and what is like them.</param>
    /// <param name="failures">What could not be compared.</param>
    public static Task WriteAsync(
        string path,
        string title,
        string subtitle,
        ReportOrigin origin,
        IReadOnlyList<SimilarImages> results,
        IReadOnlyList<(string Path, string Reason)> failures)
    {
        SimilarImages[] found = [.. results.Where(result => result.Error is null)];
        SimilarImages[] shown = [.. Shown(found)];
        var folder = new SharedFolder(path, shown.SelectMany(result => result.Images.Take(CosineCards.MaxPictures).Select(image => image.Path)));
        return ReportPage.WriteAsync(path, title, subtitle, origin, page =>
        {
            bool isOne = results.Count == 1;
            if (!isOne)
            {
                page.Stats(new ReportStat(ReportPage.Count(results.Count), "queries"), ReportStat.Failures(failures.Count));
            }

            if (shown.Length > 0)
            {
                page.Where(folder);
            }

            foreach (SimilarImages result in shown)
            {
                page.Markup(
                    $"""
                    <div class="panel query">{ReportPage.LinkedImage(folder, result.Query)}
                    <div><h2>The query</h2><p class="path">{ReportPage.Escape(result.Query)}</p></div></div>
                    <h2>The nearest images</h2>
                    """);
                CosineCards.Write(
                    page, folder, result.Images.Take(CosineCards.MaxPictures).Select(image => (image.Path, (float?)image.Cosine)));
            }

            if (shown.Length < found.Length)
            {
                page.Markup(
                    $"<p class=\"muted\">The first {ReportPage.Count(shown.Length)} of {ReportPage.Count(found.Length)} queries; --output writes all.</p>");
            }

            page.Failures(failures, failures.Count);
        });
    }

    /// <summary>As many as a page can show, and at least one.</summary>
    private static IEnumerable<SimilarImages> Shown(IEnumerable<SimilarImages> results)
    {
        int pictures = 0;
        foreach (SimilarImages result in results)
        {
            pictures += 1 + result.Images.Count;
            if (pictures > CosineCards.MaxPictures && pictures > 1 + result.Images.Count)
            {
                yield break;
            }

            yield return result;
        }
    }
}
