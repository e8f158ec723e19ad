using System.Globalization;
using CsvHelper;

namespace MlNetMobileViT.Examples.Results;

/// <summary>Results as CSV (RFC 4180, UTF-8, line feeds): names with commas, quotes and line ends survive.</summary>
internal static class CsvResults
{
    private static readonly CsvWriterOptions WriterOptions = new() { NewLine = "\n" };

    // An empty line cannot be a row, and the number of columns is checked here, with the file named.
    private static readonly CsvReaderOptions ReaderOptions = new() { TrackLineNumbers = true };

    public static Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        using var csv = CsvWriter.Create(stream, WriterOptions, leaveOpen: true);
        csv.WriteRecord(schema.Columns.Select(column => column.Name).ToArray());
        string?[] fields = new string?[schema.Columns.Count];
        foreach (ResultRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < fields.Length; i++)
            {
                ResultColumn column = schema.Columns[i];
                fields[i] = column.IsNumber
                    ? column.NumberOf(row)?.ToString(CultureInfo.InvariantCulture)
                    : column.TextOf(row);
            }

            csv.WriteRecord(fields!);
        }

        return Task.CompletedTask;
    }

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
            var numbers = new List<float>();
            for (int i = 2; i < schema.Columns.Count; i++)
            {
                ResultColumn column = schema.Columns[i];
                string field = reader.GetString(i);
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
                        $"'{path}', line {reader.LineNumber}, column '{column.Name}': '{field}' is not a number.");
                }
            }

            string error = reader.GetString(1);
            yield return new ResultRow(
                index, reader.GetString(0), error.Length == 0 ? null : error, [.. labels], [.. numbers]);
        }
    }
}
