using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The pictures that are most like one picture, as a sheet.</summary>
internal static class SimilarReport
{
    private const int MaxPictures = 1000;

    /// <summary>Writes the page.</summary>
    public static Task WriteAsync(
        string path,
        string query,
        string subtitle,
        IReadOnlyList<(ResultRow Row, float Cosine)> nearest,
        ReportOrigin? origin = null)
    {
        var folder = new SharedFolder(path, nearest.Select(pair => pair.Row.Path));
        return ReportPage.WriteAsync(path, $"Images like '{query}'", subtitle, origin, page =>
        {
            page.Markup(
                $"""
                <div class="panel query">{ReportPage.LinkedImage(folder, query)}
                <div><h2>The query</h2><p class="path">{ReportPage.Escape(query)}</p></div></div>
                <h2>The nearest images</h2>
                """);
            page.Where(folder);
            page.Markup("<div class=\"grid\">");
            foreach (var (row, cosine) in nearest.Take(MaxPictures))
            {
                page.Markup(
                    $"<article class=\"card\">{ReportPage.LinkedImage(folder, row.Path)}<div class=\"body\">"
                    + $"<div class=\"name\">{ReportPage.Escape(folder.Below(row.Path))}</div><div class=\"bars\"><div class=\"label first\">cosine"
                    + $"<i style=\"--p:{ReportPage.CssPercent(cosine)}\"></i></div>"
                    + $"<div class=\"value\">{cosine.ToString("0.0000", CultureInfo.InvariantCulture)}</div></div></div></article>");
            }

            page.Markup("</div>");
        });
    }
}
