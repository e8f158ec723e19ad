using System.Globalization;
using System.Text;
using CsvHelper;

namespace MlNetMobileViT.Tool;

/// <summary>Results as CSV (RFC 4180, UTF-8, line feeds): names with commas, quotes and line ends survive.</summary>
internal static class CsvResults
{
    public const string Extension = ".csv";

    private const string True = "true";
    private const string False = "false";
    private const char Apostrophe = '\'';

    // What makes a spreadsheet take text for a formula where it comes first, as OWASP's page on CSV injection lists it.
    private const string FormulaStarts = "=+-@\t\r";

    private static readonly CsvWriterOptions WriterOptions = new() { NewLine = "\n" };

    // The separator is known, and not to be guessed. An empty line cannot be a row, and the number of columns is checked here,
    // with the file named.
    private static readonly CsvReaderOptions ReaderOptions = new() { Separator = ',', TrackLineNumbers = true };

    /// <summary>Whether a file that is called this would be CSV.</summary>
    public static bool IsNameOfOne(string? path) =>
        Extension.Equals(Path.GetExtension(path), StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CsvStyle style, CancellationToken cancellationToken)
    {
        using var csv = CsvWriter.Create(
            stream, WriterOptions with { WriteByteOrderMark = style.HasByteOrderMark }, leaveOpen: true);
        CsvQuoting ofText = style.IsSafe ? CsvQuoting.Always : CsvQuoting.WhenNeeded;
        foreach (ResultColumn column in schema.Columns)
        {
            csv.WriteField(column.Name, ofText);
        }

        csv.EndRecord();
        foreach (ResultRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (ResultColumn column in schema.Columns)
            {
                if (column.Role == ResultColumnRole.Flag)
                {
                    csv.WriteField(column.NumberOf(row) switch { null => "", 0 => False, _ => True });
                }
                else if (column.IsNumber)
                {
                    csv.WriteField(column.NumberOf(row)?.ToString(CultureInfo.InvariantCulture));
                }
                else if (column.TextOf(row) is { } text)
                {
                    csv.WriteField(style.IsSafe && IsFormula(text) ? Apostrophe + text : text, ofText);
                }
                else
                {
                    csv.WriteField("");
                }
            }

            csv.EndRecord();
        }

        return Task.CompletedTask;
    }

    /// <summary>Whether text is a formula, behind any number of apostrophes: with one more before it, no two texts are the same.</summary>
    private static bool IsFormula(string text) => text.AsSpan().TrimStart(Apostrophe) is [var first, ..] && FormulaStarts.Contains(first);

    public static (ResultSchema Schema, IEnumerable<ResultRow> Rows) Read(string path)
    {
        try
        {
            using CsvReader reader = CsvReader.FromFile(path, ReaderOptions);
            reader.ReadHeader();
            return (ResultSchema.FromColumns([.. reader.Headers], path), ReadRows(path));
        }
        catch (CsvFormatException exception)
        {
            throw new InvalidDataException($"'{path}' is not a readable CSV file: {exception.Message}", exception);
        }
    }

    private static IEnumerable<ResultRow> ReadRows(string path)
    {
        bool isSafe = IsSafe(path);
        using CsvReader reader = CsvReader.FromFile(path, ReaderOptions);
        reader.ReadHeader();
        var schema = ResultSchema.FromColumns([.. reader.Headers], path);
        for (long index = 0; reader.Read(); index++)
        {
            if (reader.FieldCount != schema.Columns.Count)
            {
                throw new InvalidDataException(
                    $"'{path}', line {reader.LineNumber}: there are {reader.FieldCount} columns, and the first line names "
                    + $"{schema.Columns.Count}. The file is damaged or was edited.");
            }

            var labels = new List<string>();
            var numbers = new SortedList<int, float>();
            for (int i = 2; i < schema.Columns.Count; i++)
            {
                ResultColumn column = schema.Columns[i];
                string field = Text(i);
                if (field.Length == 0)
                {
                    continue;
                }

                if (!column.IsNumber)
                {
                    labels.Add(field);
                }
                else if (column.Role == ResultColumnRole.Flag && field is True or False)
                {
                    numbers.Add(column.Index, field == True ? 1 : 0);
                }
                else if (float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float number))
                {
                    numbers.Add(column.Index, number);
                }
                else
                {
                    throw new InvalidDataException(
                        $"'{path}', line {reader.LineNumber}, column '{column.Name}': '{field}' is not a number.");
                }
            }

            string error = Text(1);
            yield return new ResultRow(
                index, Text(0), error.Length == 0 ? null : error, [.. labels], [.. numbers.Values]);
        }

        string Text(int column)
        {
            string text = reader.GetString(column);
            return isSafe && text.StartsWith(Apostrophe) && IsFormula(text) ? text[1..] : text;
        }
    }

    /// <summary>Whether a file was written in the safe style: only there the names of the columns are in quotes.</summary>
    private static bool IsSafe(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return (start.StartsWith(Encoding.UTF8.Preamble) ? start[Encoding.UTF8.Preamble.Length..] : start) is [(byte)'"', ..];
    }
}

/// <summary>For whom CSV is written. Whatever the style, the same rows are read back.</summary>
/// <param name="IsSafe">
/// Whether text that a spreadsheet would run is written with an apostrophe before it. The names of the columns and all text are
/// in quotes then, which tells such a file from one whose text begins with an apostrophe of its own; to readers of CSV the
/// quotes mean nothing.
/// </param>
/// <param name="HasByteOrderMark">Whether the file begins with UTF-8's byte order mark, without which Excel guesses.</param>
internal sealed record CsvStyle(bool IsSafe = false, bool HasByteOrderMark = false)
{
    /// <summary>For programs: every cell is what it stands for.</summary>
    public static CsvStyle Plain { get; } = new();

    /// <summary>The style in a word or two, as a manifest has it.</summary>
    public override string ToString() => (IsSafe, HasByteOrderMark) switch
    {
        (false, false) => "plain",
        (true, false) => "safe",
        (false, true) => "bom",
        (true, true) => "safe bom",
    };
}
