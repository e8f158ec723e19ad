using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// A cursor whose rows are read ahead and scored side by side. The input is read once, on the consumer's thread; the values
/// of its columns wait in buffers until the consumer comes to their row.
/// </summary>
internal sealed class ImageCursor : DataViewRowCursor
{
    private readonly ImageMapping _mapping;
    private readonly DataViewRowCursor _input;
    private readonly ColumnLayout _layout;
    private readonly ImageSource _images;
    private readonly ReadAhead _rows;
    private readonly Dictionary<int, BufferedColumn> _buffers = [];
    private readonly Delegate?[] _outputs;
    private readonly ValueGetter<DataViewRowId> _inputId;
    private readonly DataViewRowId[] _ids;
    private readonly CroppedImageSource? _decoded;
    private long _rowsRead;
    private long _position = -1;
    private bool _ended;

    public ImageCursor(ImageMapping mapping, DataViewRowCursor input, ColumnLayout layout)
    {
        _mapping = mapping;
        _input = input;
        _layout = layout;
        int threads = mapping.Options.ThreadCount;
        int slots = ReadAhead.SlotCount(mapping.Scorer, threads);
        foreach (DataViewSchema.Column column in layout.InputColumns)
        {
            _buffers.Add(column.Index, BufferedColumn.Create(input, input.Schema[column.Index], slots));
        }

        (DataViewSchema.Column image, ImageColumnKind kind) = mapping.Input.Find(input.Schema);
        bool isShared = _buffers.TryGetValue(image.Index, out BufferedColumn? images);
        if (kind == ImageColumnKind.Decoded)
        {
            images ??= BufferedColumn.Create(input, image, slots: 1);
            _decoded = new CroppedImageSource(
                (BufferedColumn<MLImage>)images, isShared, mapping.Input.Name, mapping.Scorer.Preprocessor, slots);
        }
        else if (images is null)
        {
            images = BufferedColumn.Create(input, image, slots);
            _buffers.Add(image.Index, images);
        }

        _inputId = input.GetIdGetter();
        _ids = new DataViewRowId[slots];
        _images = _decoded ?? mapping.CreateSource(kind, images);
        _rows = new ReadAhead(mapping.Scorer, _images, ReadRow, mapping.Options.BadImages, threads);
        _outputs = layout.CreateGetters(mapping.Scorer.Columns, () => _rows.Results[CurrentSlot]);
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
            _mapping.Report(_rows.Results[CurrentSlot], _images, CurrentSlot, _position);
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

        _decoded?.Take(slot, _rowsRead++);
        _inputId(ref _ids[slot]);
        return true;
    }
}

/// <summary>A cursor for a consumer who wants none of the transform's columns: no image is touched.</summary>
internal sealed class PassThroughCursor(DataViewRowCursor input, ColumnLayout layout) : DataViewRowCursor
{
    public override DataViewSchema Schema => layout.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => layout.IsActive(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        layout.RequireActive(column);
        return input.GetGetter<TValue>(input.Schema[column.Index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
