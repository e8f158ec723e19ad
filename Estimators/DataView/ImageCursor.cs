using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// A cursor whose rows are read ahead and scored side by side. The input is read once, on the consumer's thread; the values
/// of its columns wait in buffers until the consumer comes to their row.
/// </summary>
internal sealed class ImageCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _input;
    private readonly ColumnLayout _layout;
    private readonly ReadAhead _rows;
    private readonly Dictionary<int, BufferedColumn> _buffers = [];
    private readonly Delegate?[] _outputs;
    private readonly ValueGetter<DataViewRowId> _inputId;
    private readonly DataViewRowId[] _ids;
    private long _position = -1;
    private bool _ended;

    public ImageCursor(ImageMapping mapping, DataViewRowCursor input, ColumnLayout layout)
    {
        _input = input;
        _layout = layout;
        int threads = mapping.Options.ThreadCount;
        int slots = ReadAhead.SlotCount(mapping.Scorer, threads);
        (DataViewSchema.Column image, ImageColumnKind kind) = mapping.Input.Find(input.Schema);
        foreach (DataViewSchema.Column column in layout.InputColumns.Append(image))
        {
            if (!_buffers.ContainsKey(column.Index))
            {
                _buffers.Add(column.Index, BufferedColumn.Create(input, input.Schema[column.Index], slots));
            }
        }

        _inputId = input.GetIdGetter();
        _ids = new DataViewRowId[slots];
        ImageSource source = mapping.CreateSource(kind, _buffers[image.Index]);
        _rows = new ReadAhead(mapping.Scorer, source, ReadRow, mapping.Options.BadImages, threads);
        _outputs = [.. mapping.Columns.Select((column, index) =>
            layout.IsActive(layout.InputCount + index) ? column.CreateGetter(() => _rows.Results[CurrentSlot]) : null)];
    }

    public override DataViewSchema Schema => _layout.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    private int CurrentSlot => _rows.CurrentSlot >= 0
        ? _rows.CurrentSlot
        : throw new InvalidOperationException("The cursor is not at a row: call MoveNext, and mind what it returns.");

    public override bool MoveNext()
    {
        if (_ended)
        {
            return false;
        }

        if (_rows.MoveNext())
        {
            _position++;
            return true;
        }

        _ended = true;
        _position = -1;
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _layout.IsActive(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _ids[CurrentSlot];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _layout.RequireActive(column);
        Delegate getter = column.Index < _layout.InputCount
            ? _buffers[column.Index].CreateGetter(() => CurrentSlot)
            : _outputs[column.Index - _layout.InputCount]!;
        return ColumnLayout.Cast<TValue>(getter, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rows.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool ReadRow(int slot)
    {
        if (!_input.MoveNext())
        {
            return false;
        }

        foreach (BufferedColumn buffer in _buffers.Values)
        {
            buffer.Read(slot);
        }

        _inputId(ref _ids[slot]);
        return true;
    }
}
