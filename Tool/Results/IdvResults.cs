using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Features as ML.NET's binary format (<c>mlContext.Data.LoadFromBinary</c>): the columns <c>path</c>, <c>error</c> and
/// <c>Features</c>, one vector that trainers take as it is, NaN where there is an error.
/// </summary>
internal static class IdvResults
{
    public const string FeaturesColumn = "Features";

    public static Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        var context = new MLContext();
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Path)].ColumnName = ResultSchema.PathColumn;
        definition[nameof(Row.Error)].ColumnName = ResultSchema.ErrorColumn;
        definition[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, schema.Width);
        float[] missing = new float[schema.Width];
        Array.Fill(missing, float.NaN);
        var view = context.Data.LoadFromEnumerable(
            rows.TakeWhile(_ => !cancellationToken.IsCancellationRequested).Select(row => new Row
            {
                Path = row.Path,
                Error = row.Error ?? "",
                Features = row.Error is null ? row.Numbers : missing,
            }),
            definition);
        context.Data.SaveAsBinary(view, stream);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }

    public static (ResultSchema Schema, IEnumerable<ResultRow> Rows) Read(string path)
    {
        var context = new MLContext();
        IDataView view;
        try
        {
            view = context.Data.LoadFromBinary(path);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}' is not a readable .idv file: {exception.Message}", exception);
        }

        if (view.Schema.GetColumnOrNull(FeaturesColumn)?.Type is not VectorDataViewType { Size: > 0 } vector
            || view.Schema.GetColumnOrNull(ResultSchema.PathColumn) is null
            || view.Schema.GetColumnOrNull(ResultSchema.ErrorColumn) is null)
        {
            throw new InvalidDataException(
                $"'{path}' is not a result of this program: it should have the columns {ResultSchema.PathColumn}, "
                + $"{ResultSchema.ErrorColumn} and {FeaturesColumn}.");
        }

        return (new ResultSchema(ResultKind.Features, vector.Size), ReadRows(view));
    }

    private static IEnumerable<ResultRow> ReadRows(IDataView view)
    {
        DataViewSchema.Column path = view.Schema[ResultSchema.PathColumn];
        DataViewSchema.Column error = view.Schema[ResultSchema.ErrorColumn];
        DataViewSchema.Column features = view.Schema[FeaturesColumn];
        using DataViewRowCursor cursor = view.GetRowCursor([path, error, features]);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(path);
        var getError = cursor.GetGetter<ReadOnlyMemory<char>>(error);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        ReadOnlyMemory<char> text = default;
        VBuffer<float> values = default;
        for (long index = 0; cursor.MoveNext(); index++)
        {
            getPath(ref text);
            string file = text.ToString();
            getError(ref text);
            if (text.Length > 0)
            {
                yield return ResultRow.Failure(index, file, text.ToString());
                continue;
            }

            getFeatures(ref values);
            yield return new ResultRow(index, file, null, [], [.. values.DenseValues()]);
        }
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public string Error { get; set; } = "";

        public float[] Features { get; set; } = [];
    }
}
