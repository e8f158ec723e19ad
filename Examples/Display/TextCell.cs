using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace MlNetMobileViT.Examples;

/// <summary>Text in columns of a fixed width, for names in any script.</summary>
internal static class TextCell
{
    private const string Ellipsis = "…";

    /// <summary>The number of columns that the text takes on a screen.</summary>
    public static int Width(string text) => new Segment(text).CellCount();

    /// <summary>The text without anything that would move the cursor or change the terminal: control characters as escapes.</summary>
    public static string Printable(string text)
    {
        if (!text.Any(IsUnprintable))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (char character in text)
        {
            escaped.Append(character switch
            {
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                _ when IsUnprintable(character) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => character.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>Fits the text into a width, filled up with spaces; of what is too long, the beginning is left out.</summary>
    public static string FitEnd(string text, int width)
    {
        int start = 0;
        int needed = Width(text);
        if (needed > width)
        {
            int[] elements = StringInfo.ParseCombiningCharacters(text);
            int next = 0;
            do
            {
                start = elements[++next];
            }
            while (next < elements.Length - 1 && Width(text[start..]) > width - 1);

            text = Ellipsis + text[start..];
            needed = Width(text);
        }

        return text + new string(' ', Math.Max(width - needed, 0));
    }

    /// <summary>Fits the text into a width, filled up with spaces; of what is too long, the end is left out.</summary>
    public static string Fit(string text, int width)
    {
        int needed = Width(text);
        if (needed > width)
        {
            int[] elements = StringInfo.ParseCombiningCharacters(text);
            int count = elements.Length;
            string kept;
            do
            {
                kept = text[..elements[--count]];
            }
            while (count > 0 && Width(kept) > width - 1);

            text = kept + Ellipsis;
            needed = Width(text);
        }

        return text + new string(' ', Math.Max(width - needed, 0));
    }

    private static bool IsUnprintable(char character) =>
        char.IsControl(character) || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
