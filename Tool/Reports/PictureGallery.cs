using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MlNetMobileViT.Tool;

/// <summary>
/// The pictures of a page as cards. They are in the page as data, of which a script shows one sheet at a time: so a browser has
/// a few dozen pictures to lay out, however many there are.
/// </summary>
internal static class PictureGallery
{
    /// <summary>The most pictures on a page.</summary>
    public const int MaxPictures = 10_000;

    /// <summary>The most pictures on a page with maps: the colours take their place, too, and the page stays below 20 MB.</summary>
    public const int MaxExplained = 2_000;

    // The Base64 of the largest map of 600 pictures had 2,576 characters.
    private const int UsualMap = 2_600;

    // Without '<' and '&' among what it leaves as it is: text in a script element ends at the first "</script".
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes the cards and what filters and sorts them.</summary>
    /// <param name="page">The page.</param>
    /// <param name="gallery">What is shown.</param>
    public static void Write(ReportPage page, GalleryContent gallery)
    {
        page.Markup(
            $"""
            <section id="gallery" hidden data-script>
            <div class="tools">
            <h2 id="gallery-title" tabindex="-1">{ReportPage.Escape(gallery.Heading)} <span class="muted num" id="shown" role="status"></span></h2>
            """);
        if (gallery.HasTruth)
        {
            page.Markup(
                """
                <select id="verdict" aria-label="Right or wrong">
                <option value="wrong">Mistakes</option>
                <option value="right">Right</option>
                <option value="all">All</option>
                </select>
                """);
        }

        string toggle = gallery.HasActivations
            ? $"<label class=\"toggle\"><input id=\"activations\" type=\"checkbox\"{(gallery.ShowsActivations ? " checked" : "")}> Where it was seen</label>"
            : "";
        page.Markup(
            $"""
            {toggle}
            <input id="search" type="search" placeholder="Filter by name or class" aria-label="Filter by name or class">
            <select id="order" aria-label="Order">
            <option value="input">In the order of the input</option>
            <option value="high">Most confident first</option>
            <option value="low">Least confident first</option>
            </select>
            </div>
            """);
        page.Where(gallery.Folder);
        if (gallery.HasActivations)
        {
            page.Markup(
                $"<p class=\"muted\" id=\"colours\"{(gallery.ShowsActivations ? "" : " hidden")}>Colour is where the most likely class was seen: red "
                + "speaks for it most, what is clear says nothing or speaks against it, and grey lies outside the crop that the model sees.</p>");
        }

        page.Markup(
            $"""
            <div class="labels" id="cell"></div>
            <div class="grid{(gallery.IsDense ? " dense" : "")}{(gallery.ShowsActivations ? "" : " bare")}" id="cards"></div>
            <nav class="pager" id="pager" aria-label="Sheets of images" hidden>
            <button type="button" id="previous">‹ Previous</button><span class="num" id="range"></span><button type="button" id="next">Next ›</button>
            </nav>
            </section>
            <noscript><p class="muted">The images are in this file, and its script shows them; scripts are off.</p></noscript>
            <script type="application/json" id="pictures">
            """);
        Data(page, gallery);
        page.Markup("</script>");
    }

    /// <summary>Cards with the maps of their pictures; without one where it is of another class, as the file has changed since.</summary>
    /// <param name="cards">The cards.</param>
    /// <param name="labels">The names of their classes, by number.</param>
    /// <param name="explain">Makes the maps.</param>
    public static PictureCard[] Explained(IEnumerable<PictureCard> cards, IReadOnlyList<string> labels, ExplainPictures explain)
    {
        PictureCard[] all = [.. cards];
        return
        [
            .. all.Zip(explain([.. all.Select(card => card.Path)]), (card, map) =>
                map?.Prediction.Label == labels[card.Classes[0].Label] ? card with { Activation = map } : card),
        ];
    }

    /// <summary>JSON that may stand in a script element.</summary>
    public static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Data(ReportPage page, GalleryContent gallery)
    {
        string head = Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("folder", gallery.Folder.Link);
            json.WriteString("verdict", gallery.StartsWithMistakes ? "wrong" : "all");
            json.WriteStartArray("labels");
            foreach (string label in gallery.Labels)
            {
                json.WriteStringValue(label);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        // The object stays open: pictures are made while they are written.
        page.Markup(head[..^1] + ",\"pictures\":[");
        var size = ThumbnailSize.For(gallery.Count);
        if (gallery.HasActivations)
        {
            size = size with { MaxCharacters = size.MaxCharacters - UsualMap };
        }

        bool isFirst = true;
        foreach (string card in gallery.Cards.AsParallel().AsOrdered().Select(card => Card(gallery.Folder, card, size)))
        {
            page.Markup(isFirst ? card : $",{card}");
            isFirst = false;
        }

        page.Markup("]}");
    }

    private static string Card(SharedFolder folder, PictureCard card, ThumbnailSize size)
    {
        string? picture = Thumbnail.Encode(card.Path, size);
        return Json(json =>
        {
            json.WriteStartArray();
            json.WriteStringValue(folder.Below(card.Path).Replace(Path.DirectorySeparatorChar, '/'));
            // Raw, as JSON's encoder would write six characters for each '+'. Base64 has nothing that needs escaping.
            json.WriteRawValue(picture is null ? "null" : $"\"{picture}\"", skipInputValidation: true);
            json.WriteStartArray();
            foreach (var (label, _) in card.Classes)
            {
                json.WriteNumberValue(label);
            }

            json.WriteEndArray();
            json.WriteStartArray();
            foreach (var (_, probability) in card.Classes)
            {
                json.WriteNumberValue(Math.Round(probability, 4));
            }

            json.WriteEndArray();
            if (card.Activation is not null || card.Truth is not null)
            {
                WriteNumber(json, card.Truth);
                WriteNumber(json, card.TruthRank);
            }

            if (card.Activation is { } activation)
            {
                json.WriteRawValue($"\"{ActivationOverlay.Encode(activation)}\"", skipInputValidation: true);
            }

            json.WriteEndArray();
        });
    }

    private static void WriteNumber(Utf8JsonWriter json, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}

/// <summary>Finds where in pictures their most likely classes were seen.</summary>
/// <param name="paths">The pictures.</param>
/// <returns>A map for each, in their order; null where there is none.</returns>
internal delegate IReadOnlyList<ClassActivation?> ExplainPictures(IReadOnlyList<string> paths);

/// <summary>What a gallery shows.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Folder">The folder that the pictures share.</param>
/// <param name="Labels">The classes.</param>
/// <param name="Cards">The pictures.</param>
/// <param name="Count">How many pictures there are, at least 1.</param>
internal sealed record GalleryContent(
    string Heading, SharedFolder Folder, IReadOnlyList<string> Labels, IEnumerable<PictureCard> Cards, long Count)
{
    private const int MostInLargeCards = 2500;

    /// <summary>Whether some of the cards know what is on them.</summary>
    public bool HasTruth { get; init; }

    /// <summary>Whether cards can show where a class was seen.</summary>
    public bool HasActivations { get; init; }

    /// <summary>Whether they show it before anybody asks.</summary>
    public bool ShowsActivations { get; init; }

    /// <summary>Whether only mistakes are shown at first.</summary>
    public bool StartsWithMistakes { get; init; }

    /// <summary>Whether thumbnails are too small for large cards.</summary>
    public bool IsDense => Count > MostInLargeCards;
}

/// <summary>A picture and what was said of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Classes">Classes by their number and their probabilities; the first is the prediction.</param>
internal sealed record PictureCard(string Path, IReadOnlyList<(int Label, double Probability)> Classes)
{
    /// <summary>The class that it is of, where that is known.</summary>
    public int? Truth { get; init; }

    /// <summary>The place of the truth among the classes, from 1.</summary>
    public int? TruthRank { get; init; }

    /// <summary>Where the prediction was seen, where that is shown.</summary>
    public ClassActivation? Activation { get; init; }
}
