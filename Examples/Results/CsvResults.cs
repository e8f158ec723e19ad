using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace MlNetMobileViT.Examples.Results;

/// <summary>Results as CSV (RFC 4180, UTF-8, line feeds): names with commas, quotes and line ends survive.</summary>
internal static class CsvResults
{
    private static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\n",
        MissingFieldFound = null,
    };

    public static async Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        await using var csv = new CsvWriter(text, Configuration);
        foreach (ResultColumn column in schema.Columns)
        {
            csv.WriteField(column.Name);
        }

        csv.NextRecord();
        foreach (ResultRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (ResultColumn column in schema.Columns)
            {
                csv.WriteField(column.IsNumber
                    ? column.NumberOf(row)?.ToString(CultureInfo.InvariantCulture)
                    : column.TextOf(row));
            }

            csv.NextRecord();
        }
    }

    public static (ResultSchema Schema, IEnumerable<ResultRow> Rows) Read(string path)
    {
        using var reader = new CsvReader(File.OpenText(path), Configuration);
        string[] names = reader.Read() && reader.ReadHeader() ? reader.HeaderRecord ?? [] : [];
        var schema = ResultSchema.FromColumns(names, path);
        return (schema, ReadRows(path, schema));
    }

    private static IEnumerable<ResultRow> ReadRows(string path, ResultSchema schema)
    {
        using var reader = new CsvReader(File.OpenText(path), Configuration);
        reader.Read();
        for (long index = 0; reader.Read(); index++)
        {
            if (reader.Parser.Count != schema.Columns.Count)
            {
                throw new InvalidDataException(
                    $"'{path}', line {reader.Parser.RawRow}: there are {reader.Parser.Count} columns, and the first line names "
                    + $"{schema.Columns.Count}. The file is damaged or was edited.");
            }

            var labels = new List<string>();
            var numbers = new List<float>();
            for (int i = 2; i < schema.Columns.Count; i++)
            {
                ResultColumn column = schema.Columns[i];
                string field = reader.GetField(i) ?? "";
                if (field.Length == 0)
                {
                    continue;
                }

                if (!column.IsNumber)
                {
                    labels.Add(field);
                }
                else if (float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float number))
                {
                    numbers.Add(number);
                }
                else
                {
                    throw new InvalidDataException(
                        $"'{path}', line {reader.Parser.RawRow}, column '{column.Name}': '{field}' is not a number.");
                }
            }

            string error = reader.GetField(1) ?? "";
            yield return new ResultRow(
                index, reader.GetField(0) ?? "", error.Length == 0 ? null : error, [.. labels], [.. numbers]);
        }
    }
}
