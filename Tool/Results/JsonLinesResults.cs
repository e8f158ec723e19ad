using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MlNetMobileViT.Tool;

/// <summary>Results as JSON Lines: an object a line, with the columns as its members; what is missing is null.</summary>
internal static class JsonLinesResults
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static async Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        // The stream stays the caller's: the buffer is flushed, not disposed.
        var buffered = new BufferedStream(stream, 1 << 16);
        await using var json = new Utf8JsonWriter(buffered, Options);
        foreach (ResultRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            json.WriteStartObject();
            foreach (ResultColumn column in schema.Columns)
            {
                if (!column.IsNumber)
                {
                    json.WriteString(column.Name, column.TextOf(row));
                }
                else if (column.NumberOf(row) is { } number)
                {
                    if (column.Role == ResultColumnRole.Flag)
                    {
                        json.WriteBoolean(column.Name, number != 0);
                        continue;
                    }

                    json.WriteNumber(column.Name, number);
                }
                else
                {
                    json.WriteNull(column.Name);
                }
            }

            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffered.WriteByte((byte)'\n');
        }

        await buffered.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public static (ResultSchema Schema, IEnumerable<ResultRow> Rows) Read(string path)
    {
        string first = File.ReadLines(path).FirstOrDefault()
            ?? throw new InvalidDataException($"'{path}' is empty: a JSON Lines file without a row does not say its columns.");
        using JsonDocument document = Parse(path, 1, first);
        var schema = ResultSchema.FromColumns([.. document.RootElement.EnumerateObject().Select(member => member.Name)], path);
        return (schema, ReadRows(path, schema));
    }

    private static IEnumerable<ResultRow> ReadRows(string path, ResultSchema schema)
    {
        long index = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = Parse(path, index + 1, line);
            var labels = new List<string>();
            var numbers = new List<float>();
            string? file = null;
            string? error = null;
            foreach (ResultColumn column in schema.Columns)
            {
                if (!document.RootElement.TryGetProperty(column.Name, out JsonElement value))
                {
                    throw new InvalidDataException($"'{path}', line {index + 1}: there is no '{column.Name}'.");
                }

                if (value.ValueKind == JsonValueKind.Null)
                {
                    continue;
                }

                if (column.Role == ResultColumnRole.Flag && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                {
                    numbers.Add(value.GetBoolean() ? 1 : 0);
                    continue;
                }

                JsonValueKind expected = column.IsNumber ? JsonValueKind.Number : JsonValueKind.String;

                if (value.ValueKind != expected)
                {
                    throw new InvalidDataException(
                        $"'{path}', line {index + 1}: '{column.Name}' is {value.GetRawText()}, and should be a "
                        + $"{(column.IsNumber ? "number" : "string")} or null.");
                }

                switch (column.Role)
                {
                    case ResultColumnRole.Path:
                        file = value.GetString();
                        break;
                    case ResultColumnRole.Error:
                        error = value.GetString();
                        break;
                    case ResultColumnRole.Label:
                        labels.Add(value.GetString()!);
                        break;
                    default:
                        numbers.Add(value.GetSingle());
                        break;
                }
            }

            yield return new ResultRow(index++, file ?? "", error, [.. labels], [.. numbers]);
        }
    }

    private static JsonDocument Parse(string path, long line, string text)
    {
        try
        {
            var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // The sentence below says all that the reader of a result file can use.
        }

        throw new InvalidDataException($"'{path}', line {line}: this is not a JSON object. The file is damaged or was edited.");
    }
}
