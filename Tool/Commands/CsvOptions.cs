using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that can write CSV.</summary>
internal sealed class CsvOptions
{
    private readonly Option<bool> _safe = new("--csv-safe")
    {
        Description = "For spreadsheets: write ' before text that they would run as a formula (it begins with =, +, -, @, a tab or a "
            + "carriage return). 'merge' reads it as it was.",
    };

    private readonly Option<bool> _mark = new("--csv-bom")
    {
        Description = "For Excel: begin the file with a byte order mark, which says that it is UTF-8.",
    };

    public CsvOptions(Command command)
    {
        command.Add(_safe);
        command.Add(_mark);
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandException">They were given, and the output is none or not CSV.</exception>
    public CsvStyle Read(ParseResult parsed, string? output)
    {
        var style = new CsvStyle(parsed.GetValue(_safe), parsed.GetValue(_mark));
        return style == CsvStyle.Plain || CsvResults.IsNameOfOne(output)
            ? style
            : throw new CommandException(
                $"{(style.IsSafe ? _safe : _mark).Name} is for CSV: name an --output that ends in {CsvResults.Extension}"
                + $"{(output is null ? "" : $", not '{output}'")}.");
    }
}
