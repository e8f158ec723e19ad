using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Results as JSON Lines: an object a line, with the columns as its members, and features as one list; what is missing is null.
/// </summary>
internal static class JsonLinesResults
{
    private const string FeaturesMember = "features";

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
            bool isVector = schema.Kind == ResultKind.Features;
            foreach (ResultColumn column in isVector ? schema.Columns.Take(2) : schema.Columns)
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

            if (isVector && row.Error is null)
            {
                json.WriteStartArray(FeaturesMember);
                foreach (float number in row.Numbers)
                {
                    json.WriteNumberValue(number);
                }

                json.WriteEndArray();
            }
            else if (isVector)
            {
                json.WriteNull(FeaturesMember);
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
        string[] members = [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
        ResultSchema schema = members is [ResultSchema.PathColumn, ResultSchema.ErrorColumn, FeaturesMember]
            ? new ResultSchema(ResultKind.Features, ReadVectors(path).Select(static row => row.Numbers.Length).FirstOrDefault(static width => width > 0))
            : ResultSchema.FromColumns(members, path);
        return (schema, schema.Kind == ResultKind.Features ? ReadVectors(path, schema.Width) : ReadRows(path, schema));
    }

    /// <summary>Reads features; each list has to have the width, or any where that is not known yet.</summary>
    private static IEnumerable<ResultRow> ReadVectors(string path, int? width = null)
    {
        long index = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = Parse(path, ++index, line);
            ResultRow row;
            try
            {
                JsonElement features = document.RootElement.GetProperty(FeaturesMember);
                row = new ResultRow(
                    index - 1,
                    document.RootElement.GetProperty(ResultSchema.PathColumn).GetString() ?? "",
                    document.RootElement.GetProperty(ResultSchema.ErrorColumn).GetString(),
                    [],
                    features.ValueKind == JsonValueKind.Null ? [] : [.. features.EnumerateArray().Select(static number => number.GetSingle())]);
            }
            catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new InvalidDataException(
                    $"'{path}', line {index}: this is not a row with '{FeaturesMember}', a list of numbers or null. The file is damaged or was "
                    + "edited.",
                    exception);
            }

            if (width is not null && row.Numbers.Length > 0 && row.Numbers.Length != width)
            {
                throw new InvalidDataException($"'{path}', line {index}: '{FeaturesMember}' has {row.Numbers.Length} numbers, and others have {width}.");
            }

            yield return row;
        }
    }

    private static IEnumerable<ResultRow> ReadRows(string path, ResultSchema schema)
    {
        long index = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = Parse(path, index + 1, line);
            var labels = new List<string>();
            var numbers = new SortedList<int, float>();
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
                    numbers.Add(column.Index, value.GetBoolean() ? 1 : 0);
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
                        numbers.Add(column.Index, value.GetSingle());
                        break;
                }
            }

            yield return new ResultRow(index++, file ?? "", error, [.. labels], [.. numbers.Values]);
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
