using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary>A small table in columns of their own widths; the first column is text, the others are numbers.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(TextCell.Printable)]);

    public void Write(Terminal terminal)
    {
        int[] widths = [.. header.Select((title, i) => _rows.Select(row => TextCell.Width(row[i])).Append(TextCell.Width(title)).Max())];
        if (header.Any(title => title.Length > 0))
        {
            terminal.WriteLine(Line(header), new Style(decoration: Decoration.Bold));
        }

        foreach (string[] row in _rows)
        {
            terminal.WriteLine(Line(row));
        }

        string Line(string[] cells) => string.Join("  ", cells.Select((cell, i) =>
        {
            string padding = new(' ', widths[i] - TextCell.Width(cell));
            return i == 0 ? cell + padding : padding + cell;
        })).TrimEnd();
    }
}
