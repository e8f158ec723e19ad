using Parquet;
using Parquet.Schema;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Results as Parquet, the columns typed: UTF-8 text, single-precision and whole numbers, and booleans; all but the path nullable.
/// </summary>
internal static class ParquetResults
{
    // A group of rows is in memory at once: enough for good compression, and a few megabytes with 640 features.
    private const int RowGroupSize = 2048;

    public static async Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        DataField[] fields =
        [
            .. schema.Columns.Select(column => new DataField(
                column.Name,
                column.Role switch
                {
                    ResultColumnRole.Number => typeof(float),
                    ResultColumnRole.Count => typeof(int),
                    ResultColumnRole.Flag => typeof(bool),
                    _ => typeof(string),
                },
                isNullable: column.Role != ResultColumnRole.Path)),
        ];
        await using ParquetWriter writer = await ParquetWriter
            .CreateAsync(new ParquetSchema(fields), stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (ResultRow[] chunk in rows.Chunk(RowGroupSize))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int i = 0; i < fields.Length; i++)
            {
                ResultColumn column = schema.Columns[i];
                float?[] numbers = [.. chunk.Select(row => column.IsNumber ? column.NumberOf(row) : null)];
                await (column.Role switch
                {
                    ResultColumnRole.Number => group.WriteAsync<float>(fields[i], numbers, cancellationToken: cancellationToken),
                    ResultColumnRole.Count => group.WriteAsync<int>(
                        fields[i], numbers.Select(number => (int?)number).ToArray(), cancellationToken: cancellationToken),
                    ResultColumnRole.Flag => group.WriteAsync<bool>(
                        fields[i], numbers.Select(number => number is null ? (bool?)null : number != 0).ToArray(), cancellationToken: cancellationToken),
                    _ => group.WriteAsync(fields[i], chunk.Select(row => column.TextOf(row)!).ToArray()),
                }).ConfigureAwait(false);
            }

            group.CompleteValidate();
        }
    }

    public static (ResultSchema Schema, IEnumerable<ResultRow> Rows) Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            ParquetSchema columns = ParquetReader.ReadSchemaAsync(stream).GetAwaiter().GetResult();
            var schema = ResultSchema.FromColumns([.. columns.GetDataFields().Select(field => field.Name)], path);
            return (schema, ReadRows(path, schema));
        }
        catch (Exception exception) when (exception is IOException or ParquetException && exception is not FileNotFoundException)
        {
            throw new InvalidDataException($"'{path}' is not a readable Parquet file: {exception.Message}", exception);
        }
    }

    private static IEnumerable<ResultRow> ReadRows(string path, ResultSchema schema)
    {
        // Parquet.Net reads asynchronously only; on a local file there is nothing to wait for.
        ParquetReader reader = ParquetReader.CreateAsync(path).GetAwaiter().GetResult();
        try
        {
            DataField[] fields = reader.Schema.GetDataFields();
            long index = 0;
            for (int g = 0; g < reader.RowGroupCount; g++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
                int count = checked((int)group.RowCount);
                var texts = new string?[schema.Columns.Count][];
                var numbers = new float?[schema.Columns.Count][];
                for (int i = 0; i < fields.Length; i++)
                {
                    switch (schema.Columns[i].Role)
                    {
                        case ResultColumnRole.Number:
                            numbers[i] = ReadColumn<float>(group, fields[i], count);
                            break;
                        case ResultColumnRole.Count:
                            numbers[i] = [.. ReadColumn<int>(group, fields[i], count).Select(number => (float?)number)];
                            break;
                        case ResultColumnRole.Flag:
                            numbers[i] = [.. ReadColumn<bool>(group, fields[i], count).Select(flag => flag is { } set ? set ? 1f : 0f : (float?)null)];
                            break;
                        default:
                            texts[i] = new string?[count];
                            group.ReadAsync(fields[i], texts[i].AsMemory()!).AsTask().GetAwaiter().GetResult();
                            break;
                    }
                }

                for (int row = 0; row < count; row++)
                {
                    yield return new ResultRow(
                        index++,
                        texts[0][row]!,
                        texts[1][row],
                        [.. texts.Skip(2).Where(column => column is not null).Select(column => column[row]).OfType<string>()],
                        [.. schema.Columns.Zip(numbers).Where(column => column.Second is not null).OrderBy(column => column.First.Index)
                            .Select(column => column.Second[row]).OfType<float>()]);
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static T?[] ReadColumn<T>(ParquetRowGroupReader group, DataField field, int count)
        where T : struct
    {
        var values = new T?[count];
        group.ReadAsync<T>(field, values.AsMemory()).AsTask().GetAwaiter().GetResult();
        return values;
    }
}
