using Parquet;
using Parquet.Schema;

namespace MlNetMobileViT.Tool;

/// <summary>Results as Parquet, the columns typed: UTF-8 text and single-precision numbers, all but the path nullable.</summary>
internal static class ParquetResults
{
    // A group of rows is in memory at once: enough for good compression, and a few megabytes with 640 features.
    private const int RowGroupSize = 2048;

    public static async Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        DataField[] fields =
        [
            .. schema.Columns.Select(column => column.IsNumber
                ? new DataField(column.Name, typeof(float), isNullable: true)
                : new DataField(column.Name, typeof(string), isNullable: column.Role != ResultColumnRole.Path)),
        ];
        await using ParquetWriter writer = await ParquetWriter
            .CreateAsync(new ParquetSchema(fields), stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (ResultRow[] chunk in rows.Chunk(RowGroupSize))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int i = 0; i < fields.Length; i++)
            {
                ResultColumn column = schema.Columns[i];
                if (column.IsNumber)
                {
                    float?[] numbers = [.. chunk.Select(column.NumberOf)];
                    await group.WriteAsync<float>(fields[i], numbers, cancellationToken: cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    string[] texts = [.. chunk.Select(row => column.TextOf(row)!)];
                    await group.WriteAsync(fields[i], texts).ConfigureAwait(false);
                }
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
                    if (schema.Columns[i].IsNumber)
                    {
                        numbers[i] = new float?[count];
                        group.ReadAsync<float>(fields[i], numbers[i].AsMemory()).AsTask().GetAwaiter().GetResult();
                    }
                    else
                    {
                        texts[i] = new string?[count];
                        group.ReadAsync(fields[i], texts[i].AsMemory()!).AsTask().GetAwaiter().GetResult();
                    }
                }

                for (int row = 0; row < count; row++)
                {
                    yield return new ResultRow(
                        index++,
                        texts[0][row]!,
                        texts[1][row],
                        [.. texts.Skip(2).Where(column => column is not null).Select(column => column[row]).OfType<string>()],
                        [.. numbers.Where(column => column is not null).Select(column => column[row]).OfType<float>()]);
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
