using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>Pictures with how like another each is.</summary>
internal static class CosineCards
{
    /// <summary>The most pictures on a page, so that it stays below 20 MB.</summary>
    public const int MaxPictures = 1000;

    /// <summary>Writes the pictures.</summary>
    /// <param name="page">The page.</param>
    /// <param name="folder">The folder that the pictures of the page share.</param>
    /// <param name="images">The pictures; null for a cosine where it is the picture that others are compared with.</param>
    public static void Write(ReportPage page, SharedFolder folder, IEnumerable<(string Path, float? Cosine)> images)
    {
        page.Markup("<div class=\"grid\">");
        foreach (var (path, cosine) in images)
        {
            string said = cosine is null
                ? "<div class=\"label first\">the first of its group</div>"
                : $"<div class=\"label first\">cosine<i style=\"--p:{ReportPage.CssPercent(cosine.Value)}\"></i></div>"
                    + $"<div class=\"value\">{cosine.Value.ToString("0.0000", CultureInfo.InvariantCulture)}</div>";
            page.Markup(
                $"<article class=\"card\">{ReportPage.LinkedImage(folder, path)}<div class=\"body\">"
                + $"<div class=\"name\">{ReportPage.Escape(folder.Below(path))}</div><div class=\"bars\">{said}</div></div></article>");
        }

        page.Markup("</div>");
    }
}
