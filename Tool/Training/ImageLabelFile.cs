using CsvHelper;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Which label a text file gives to which image; read as people write such files, or refused with the line.</summary>
/// <remarks>
/// <para>One format for the whole file, decided by what is in it and not by its extension:</para>
/// <list type="number">
/// <item>
/// A table, where the first line splits at a tab, a comma, a semicolon or <c>|</c> (the first of these that does it) into
/// names of which one is in <see cref="FileColumns"/> and one in <see cref="LabelColumns"/>. Case and spaces around the names
/// do not matter, nor do other columns.
/// </item>
/// <item>
/// Else a list of a file name, a separator and a label. The separator is that of tab, comma, semicolon, <c>|</c> and space
/// which follows an image's extension in the most lines; of equals, the first. With a space, the name ends behind its last
/// extension of an image, so that names and labels may have spaces in them.
/// </item>
/// </list>
/// <para>
/// Quotes are those of CSV, but in a list with spaces. The text is UTF-8, or what its byte order mark says. Empty lines, and
/// lines of nothing but separators, do not count.
/// </para>
/// </remarks>
internal static class ImageLabelFile
{
    /// <summary>The remarks above in a sentence, for the help.</summary>
    public const string Rules =
        "a table whose first line names the columns file and label, or lines of a file name and a label. Between them is a tab, "
        + "a comma, a semicolon, | or a space: the first that splits that first line, or that follows the image's extension in "
        + "most lines. UTF-8, or UTF-16 with a byte order mark.";

    private const char Space = ' ';

    // In the order in which they are tried: what people's names and labels have in them the least comes first.
    private static readonly char[] Separators = ['\t', ',', ';', '|'];

    // "file_name" is that of Hugging Face's image folders.
    private static readonly string[] FileColumns = ["file", "filename", "file_name", "path", "image"];

    private static readonly string[] LabelColumns = ["label", "class"];

    /// <summary>What one line says.</summary>
    /// <param name="Line">The number of the line, from 1.</param>
    /// <param name="Name">The image, as the file names it.</param>
    /// <param name="Label">Its label.</param>
    public readonly record struct Entry(int Line, string Name, string Label);

    private readonly record struct Record(int Line, string[] Fields);

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">There is no such file, or a line is not understood; the message names it.</exception>
    public static IReadOnlyList<Entry> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"There is no label file '{path}'. Check the path.");
        }

        string text = ReadText(path);
        return ReadTable(path, text) ?? ReadList(path, text);
    }

    private static string ReadText(string path)
    {
        string text;
        try
        {
            text = TextFile.Decode(File.ReadAllBytes(path), $"the label file '{path}'");
        }
        catch (InvalidDataException exception)
        {
            throw new CommandException(exception.Message, exception);
        }

        return text.IndexOf('\0') is var nul and >= 0
            ? throw Refused(
                path, LineAt(text, nul), "there is a NUL character. Save the file as UTF-8, or as UTF-16 with a byte order mark")
            : text;
    }

    /// <summary>The entries of a table; null where the first line is not the header of one.</summary>
    private static List<Entry>? ReadTable(string path, string text)
    {
        string first = Lines(text).FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        foreach (char separator in Separators)
        {
            string[] names = [.. first.Split(separator).Select(name => name.Trim().Trim('"').Trim())];
            if (!names.Any(name => IsOneOf(name, FileColumns)) || !names.Any(name => IsOneOf(name, LabelColumns)))
            {
                continue;
            }

            List<Record> records = ReadRecords(path, text, separator);
            Record header = records[0];
            int file = Column(path, header, FileColumns);
            int label = Column(path, header, LabelColumns);
            var entries = new List<Entry>();
            foreach (Record record in records.Skip(1))
            {
                if (record.Fields.Length != header.Fields.Length)
                {
                    throw Refused(
                        path,
                        record.Line,
                        $"there {Columns(record.Fields.Length)}, and the first line names {header.Fields.Length}. Put a name or label "
                        + $"that has {Describe(separator)} in it in quotes");
                }

                entries.Add(RequireWhole(path, new Entry(record.Line, record.Fields[file], record.Fields[label])));
            }

            return entries;
        }

        return null;
    }

    private static List<Entry> ReadList(string path, string text)
    {
        // MaxBy takes the first of equals.
        char separator = Separators.Append(Space).MaxBy(candidate => Lines(text).Count(line => EndOfName(line, candidate) >= 0));
        var entries = new List<Entry>();
        if (separator == Space)
        {
            foreach (var (i, line) in Lines(text).Index().Where(line => line.Item.Trim().Length > 0))
            {
                int end = EndOfName(line, Space);
                entries.Add(end >= 0
                    ? RequireWhole(path, new Entry(i + 1, line[..end].Trim(), line[end..].Trim()))
                    : throw NoName(path, i + 1, line));
            }

            return entries;
        }

        foreach (Record record in ReadRecords(path, text, separator))
        {
            if (!IsImage(record.Fields[0]))
            {
                throw NoName(path, record.Line, string.Join(separator, record.Fields));
            }

            if (record.Fields.Length != 2)
            {
                throw Refused(
                    path,
                    record.Line,
                    $"there {Columns(record.Fields.Length)}, and there should be a file name and a label. Put a name or label that "
                    + $"has {Describe(separator)} in it in quotes");
            }

            entries.Add(RequireWhole(path, new Entry(record.Line, record.Fields[0], record.Fields[1])));
        }

        return entries;
    }

    private static List<Record> ReadRecords(string path, string text, char separator)
    {
        // A quote that is never closed must not swallow the lines that follow.
        using CsvReader reader = CsvReader.FromText(text, new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            AllowLineBreaksInQuotes = false,
            MalformedData = CsvMalformedDataHandling.Throw,
        });
        var records = new List<Record>();
        try
        {
            while (reader.Read())
            {
                string[] fields = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
                if (fields.Any(field => field.Length > 0))
                {
                    records.Add(new Record((int)reader.LineNumber, fields));
                }
            }
        }
        catch (CsvFormatException exception)
        {
            throw Refused(
                path,
                (int)exception.LineNumber,
                "a quote is in the wrong place. Put the whole name or label in quotes, and write each quote in it twice");
        }

        return records;
    }

    private static bool IsOneOf(string name, string[] names) => names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Which column of a header has one of the names.</summary>
    private static int Column(string path, Record header, string[] names)
    {
        int[] found = [.. Enumerable.Range(0, header.Fields.Length).Where(i => IsOneOf(header.Fields[i], names))];
        return found switch
        {
            [int only] => only,
            [int one, int other, ..] => throw Refused(
                path, header.Line, $"'{header.Fields[one]}' and '{header.Fields[other]}' may both be the column that is meant. Rename one"),
            _ => throw Refused(path, header.Line, $"there is no column '{names[0]}'"),
        };
    }

    /// <summary>Where the separator stands that ends the name of an image, or -1.</summary>
    private static int EndOfName(string line, char separator)
    {
        for (int i = line.LastIndexOf(separator); i > 0; i = line.LastIndexOf(separator, i - 1))
        {
            if (IsImage(line[..i].Trim().Trim('"')))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsImage(string name) =>
        ImageFiles.IsImageName(Path.GetFileName(LabeledImages.PlainName(name)).TrimStart('.'));

    private static Entry RequireWhole(string path, Entry entry) =>
        entry.Name.Length == 0 ? throw Refused(path, entry.Line, "there is no file name")
        : entry.Label.Length == 0 ? throw Refused(path, entry.Line, $"there is no label for '{entry.Name}'")
        : entry;

    private static IEnumerable<string> Lines(string text)
    {
        var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static int LineAt(string text, int position) => Lines(text[..position] + "|").Count();

    private static string Columns(int count) => count == 1 ? "is 1 column" : $"are {count} columns";

    private static string Describe(char separator) => separator == '\t' ? "a tab" : $"'{separator}'";

    private static CommandException NoName(string path, int line, string text) => Refused(
        path,
        line,
        $"'{(text.Length > 60 ? text[..60] + "…" : text)}' is not an image's file name, with its extension, and a label; nor is it "
        + "the header of a table with the columns file and label");

    private static CommandException Refused(string path, int line, string problem) => new($"'{path}', line {line}: {problem}.");
}
