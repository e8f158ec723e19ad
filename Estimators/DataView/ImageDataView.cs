using Microsoft.ML;

namespace MlNetMobileViT;

/// <summary>A view with the columns of a transform added; nothing is computed before a cursor asks.</summary>
internal sealed class ImageDataView(ImageMapping mapping, IDataView input) : IDataView
{
    /// <summary>Shuffling is the input's business: rows keep their order otherwise.</summary>
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema { get; } = mapping.GetOutputSchema(input.Schema);

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var layout = new ColumnLayout(Schema, input.Schema, columnsNeeded);
        if (!layout.NeedsOutputs)
        {
            return new PassThroughCursor(input.GetRowCursor(layout.InputColumns, rand), layout);
        }

        DataViewSchema.Column image = mapping.Input.Find(input.Schema).Column;
        DataViewRowCursor cursor = input.GetRowCursor(layout.InputColumns.Append(image).Distinct(), rand);
        try
        {
            return new ImageCursor(mapping, cursor, layout);
        }
        catch
        {
            CleanUp.Dispose(cursor);
            throw;
        }
    }

    /// <summary>One cursor, whatever was asked for: it uses all threads that it was given by itself, and keeps the order.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
