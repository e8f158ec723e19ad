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
    /// <summary>Failures of one reason that are shown at once; more are folded away.</summary>
    private const int MostUnfolded = 20;

    /// <summary>Writes a page, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The title and heading.</param>
    /// <param name="subtitle">A line below it.</param>
    /// <param name="origin">What made the page, where that is known.</param>
    /// <param name="body">Writes what is between the heading and the foot.</param>
    public static Task WriteAsync(string path, string title, string subtitle, ReportOrigin? origin, Action<ReportPage> body) =>
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
            page.Foot(origin);
            page.Markup(
                $"""
                </main>
                <script>
                {Resource("gallery.js")}{Resource("confusion.js")}</script>
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
    public static string Percent(double share) => ModelSummary.Percent(share);

    /// <summary>A share in [0, 1] as a CSS length.</summary>
    public static string CssPercent(double share) => Invariant($"{100 * Math.Clamp(share, 0, 1):0.#}%");

    /// <summary>A count for people.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Writes markup as it is; what came from outside must be escaped in it.</summary>
    public void Markup(string html) => writer.WriteLine(html);

    /// <summary>A row of numbers with what they count.</summary>
    public void Stats(params IEnumerable<ReportStat> stats)
    {
        Markup("<div class=\"stats\">");
        foreach (ReportStat stat in stats)
        {
            string content = $"<b>{Escape(stat.Value)}</b><span>{Escape(stat.Name)}</span>";
            Markup(stat.Details is null
                ? $"<div class=\"stat\">{content}</div>"
                : $"<a class=\"stat bad\" href=\"#{stat.Details}\">{content}</a>");
        }

        Markup("</div>");
    }

    /// <summary>A table; the first column is text, the others are numbers.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        Markup($"<table><thead><tr>{Cells("th", header)}</tr></thead><tbody>");
        foreach (var row in rows)
        {
            Markup($"<tr>{Cells("td", row)}</tr>");
        }

        Markup("</tbody></table>");

        static string Cells(string tag, IReadOnlyList<string> cells) =>
            string.Concat(cells.Select((cell, i) => $"<{tag}{(i == 0 ? "" : " class=\"right\"")}>{Escape(cell)}</{tag}>"));
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

    /// <summary>The failures, by their reasons.</summary>
    public void Failures(IReadOnlyList<(string Path, string Reason)> failures, long total)
    {
        if (total == 0)
        {
            return;
        }

        Markup($"<h2 id=\"{ReportStat.FailuresId}\">Failures ({Count(total)})</h2>");
        foreach (var group in failures.GroupBy(failure => Reason(failure.Path, failure.Reason), failure => failure.Path)
            .OrderByDescending(group => group.Count()))
        {
            bool isShort = group.Count() <= MostUnfolded;
            Markup(
                $"<details class=\"fold\"{(isShort ? " open" : "")}><summary><span class=\"reason\">{Escape(group.Key)}</span> "
                + $"<span class=\"muted num\">{Count(group.Count())}</span></summary><ul class=\"paths\">");
            foreach (string path in group)
            {
                Markup($"<li>{Escape(path)}</li>");
            }

            Markup("</ul></details>");
        }

        if (failures.Count < total)
        {
            Markup($"<p class=\"muted\">The first {Count(failures.Count)} of them.</p>");
        }
    }

    /// <summary>Says which folder the pictures below are in, as far as they share one, and what a click does.</summary>
    public void Where(SharedFolder folder)
    {
        string shared = folder.Name.Length == 0
            ? ""
            : $"All are in <a class=\"path\" href=\"{Escape(folder.Link)}\">{Escape(folder.Name)}</a>. ";
        Markup($"<p class=\"muted where\">{shared}A picture opens its file.</p>");
    }

    /// <summary>A picture, or a box that says that it is gone.</summary>
    private static string Image(string? dataUri, string path) => dataUri is null
        ? "<div class=\"noimage\">no picture</div>"
        : $"<img src=\"{dataUri}\" alt=\"{Escape(path)}\" loading=\"lazy\">";

    /// <summary>A picture that opens its file.</summary>
    public static string LinkedImage(SharedFolder folder, string path) =>
        $"<a class=\"picture\" href=\"{Escape(folder.LinkTo(path))}\">{Image(Thumbnail.Create(path), path)}</a>";

    /// <summary>A reason that is the same for all files that it holds for.</summary>
    private static string Reason(string path, string reason)
    {
        string general = path.Length == 0 ? reason : reason.Replace($"'{path}'", "the file", StringComparison.Ordinal);
        return general.Length == 0 ? general : char.ToUpperInvariant(general[0]) + general[1..];
    }

    private void Foot(ReportOrigin? origin)
    {
        string date = DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
        Markup($"<footer><p>Made by MlNetMobileViT on {date}. Everything but the files behind links is in this page; it needs no network.</p>");
        if (origin is not null)
        {
            Markup($"<p>Model: {Escape(origin.Model)}</p><p><code>{Escape(origin.Command)}</code></p>");
        }

        Markup("</footer>");
    }

    private static bool IsForbidden(char character) =>
        char.IsControl(character) && character is not ('\n' or '\r' or '\t');

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"MlNetMobileViT.Tool.Reports.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>What made a page, for its foot.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Model">The model, as <c>--model</c> names it.</param>
internal sealed record ReportOrigin(string Command, string Model);

/// <summary>A number at the head of a page.</summary>
/// <param name="Value">The number.</param>
/// <param name="Name">What it counts.</param>
internal sealed record ReportStat(string Value, string Name)
{
    /// <summary>The id of the list of failures.</summary>
    public const string FailuresId = "failures";

    /// <summary>The id of what the number leads to, where it counts what went wrong.</summary>
    public string? Details { get; private init; }

    /// <summary>The number of failures, which leads to them.</summary>
    public static ReportStat Failures(long count) =>
        new(ReportPage.Count(count), "failed") { Details = count > 0 ? FailuresId : null };
}
