using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace MlNetMobileViT.Tool;

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
                _ when IsUnprintable(character) => Invariant($"\\u{(int)character:x4}"),
                _ => character.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>Fits the text into a width, filled up with spaces; of what is too long, the beginning is left out.</summary>
    public static string FitEnd(string text, int width)
    {
        int[] elements = StringInfo.ParseCombiningCharacters(text);
        string shown = text;
        for (int i = 1; i < elements.Length && Width(shown) > width; i++)
        {
            shown = Ellipsis + text[elements[i]..];
        }

        return Fill(shown, width);
    }

    /// <summary>Fits the text into a width, filled up with spaces; of what is too long, the end is left out.</summary>
    public static string Fit(string text, int width)
    {
        int[] elements = StringInfo.ParseCombiningCharacters(text);
        string shown = text;
        for (int i = elements.Length - 1; i >= 0 && Width(shown) > width; i--)
        {
            shown = text[..elements[i]] + Ellipsis;
        }

        return Fill(shown, width);
    }

    private static string Fill(string text, int width) => text + new string(' ', Math.Max(width - Width(text), 0));

    private static bool IsUnprintable(char character) =>
        char.IsControl(character) || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
