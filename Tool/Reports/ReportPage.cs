using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>
/// A self-contained page: styles, scripts and pictures are in it, and its content security policy forbids the network.
/// </summary>
internal sealed class ReportPage(TextWriter writer)
{
    /// <summary>Writes a page, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The title and heading.</param>
    /// <param name="subtitle">A line below it.</param>
    /// <param name="body">Writes what is between the heading and the foot.</param>
    public static Task WriteAsync(string path, string title, string subtitle, Action<ReportPage> body) =>
        AtomicFile.WriteAsync(path, async stream =>
        {
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            var page = new ReportPage(writer);
            page.Markup(
                $"""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
                <title>{Escape(title)}</title>
                <style>
                {Resource("report.css")}</style>
                </head>
                <body>
                <main>
                <h1>{Escape(title)}</h1>
                <p class="sub">{Escape(subtitle)}</p>
                """);
            body(page);
            page.Markup(
                $"""
                <footer>Made by MlNetMobileViT. Everything is in this file; it needs no network.</footer>
                </main>
                <script>
                {Resource("report.js")}</script>
                </body>
                </html>
                """);
        });

    /// <summary>Text as it may stand in an element or an attribute.</summary>
    public static string Escape(string text)
    {
        // Control characters may not stand in HTML at all, escaped or not.
        string encoded = WebUtility.HtmlEncode(text);
        return encoded.Any(IsForbidden)
            ? string.Concat(encoded.Select(character => IsForbidden(character) ? '\ufffd' : character))
            : encoded;
    }

    /// <summary>A share in [0, 1] for people.</summary>
    public static string Percent(double share) => Invariant($"{100 * share:0.0} %");

    /// <summary>A share in [0, 1] as a CSS length.</summary>
    public static string CssPercent(double share) => Invariant($"{100 * Math.Clamp(share, 0, 1):0.#}%");

    /// <summary>A count for people.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Writes markup as it is; what came from outside must be escaped in it.</summary>
    public void Markup(string html) => writer.WriteLine(html);

    /// <summary>A row of numbers with what they count.</summary>
    public void Stats(params (string Value, string Name, bool IsBad)[] stats)
    {
        Markup("<div class=\"stats\">");
        foreach (var (value, name, isBad) in stats)
        {
            Markup($"<div class=\"stat{(isBad ? " bad" : "")}\"><b>{Escape(value)}</b><span>{Escape(name)}</span></div>");
        }

        Markup("</div>");
    }

    /// <summary>A histogram of shares in [0, 1].</summary>
    public void Histogram(string title, IReadOnlyList<long> bins)
    {
        long most = Math.Max(bins.Max(), 1);
        Markup($"<div class=\"panel\"><h2>{Escape(title)}</h2><div class=\"histogram\">");
        for (int i = 0; i < bins.Count; i++)
        {
            string range = $"{Percent((double)i / bins.Count)} to {Percent((i + 1.0) / bins.Count)}: {Count(bins[i])}";
            // A bin with one image among thousands is still to be seen.
            string height = bins[i] == 0 ? "2px" : $"max(3px, {CssPercent((double)bins[i] / most)})";
            Markup($"<div{(bins[i] == 0 ? " class=\"none\"" : "")} style=\"height:{height}\" title=\"{range}\"></div>");
        }

        Markup("</div><div class=\"axis\"><span>0 %</span><span>25 %</span><span>50 %</span><span>75 %</span><span>100 %</span></div></div>");
    }

    /// <summary>The failures and why.</summary>
    public void Failures(IReadOnlyList<(string Path, string Reason)> failures, long total)
    {
        if (total == 0)
        {
            return;
        }

        Markup($"<h2>Failures ({Count(total)})</h2><div class=\"panel\"><table><thead><tr><th>Image</th><th>Reason</th></tr></thead><tbody>");
        foreach (var (path, reason) in failures)
        {
            Markup($"<tr><td class=\"path\">{Escape(path)}</td><td class=\"reason\">{Escape(reason)}</td></tr>");
        }

        Markup("</tbody></table></div>");
        if (failures.Count < total)
        {
            Markup($"<p class=\"muted\">The first {Count(failures.Count)} of them.</p>");
        }
    }

    /// <summary>A picture, or a box that says that it is gone.</summary>
    public static string Image(string? dataUri, string path) => dataUri is null
        ? "<div class=\"noimage\">no picture</div>"
        : $"<img src=\"{dataUri}\" alt=\"{Escape(path)}\" loading=\"lazy\">";

    private static bool IsForbidden(char character) =>
        char.IsControl(character) && character is not ('\n' or '\r' or '\t');

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"MlNetMobileViT.Tool.Reports.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
