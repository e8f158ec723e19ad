using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The pictures that are most like one picture, as a sheet.</summary>
internal static class SimilarReport
{
    private const int MaxPictures = 1000;

    /// <summary>Writes the page.</summary>
    public static Task WriteAsync(
        string path, string query, string subtitle, IReadOnlyList<(ResultRow Row, float Cosine)> nearest) =>
        ReportPage.WriteAsync(path, $"Images like '{query}'", subtitle, page =>
        {
            page.Markup("<div class=\"grid\" style=\"margin-top:22px\">");
            Card(page, query, "the image itself", 1);
            foreach (var (row, cosine) in nearest.Take(MaxPictures))
            {
                Card(page, row.Path, cosine.ToString("0.0000", CultureInfo.InvariantCulture), cosine);
            }

            page.Markup("</div>");
        });

    private static void Card(ReportPage page, string path, string value, double share) => page.Markup(
        $"<article class=\"card\">{ReportPage.Image(Thumbnail.Create(path), path)}<div class=\"body\">"
        + $"<div class=\"name\">{ReportPage.Escape(path)}</div><div class=\"bars\"><div class=\"label first\">cosine"
        + $"<i style=\"--p:{ReportPage.CssPercent(share)}\"></i></div><div class=\"value\">{ReportPage.Escape(value)}</div>"
        + "</div></div></article>");
}
