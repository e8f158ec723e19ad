using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>A row with the columns of a transform, scored when the first of them is asked for after the input has moved.</summary>
internal sealed class ImageRow : DataViewRow
{
    private readonly ImageMapping _mapping;
    private readonly DataViewRow _input;
    private readonly ColumnLayout _layout;
    private readonly BufferedColumn? _image;
    private readonly ImageSource? _source;
    private readonly RowResult[] _results;
    private readonly Delegate?[] _outputs;
    private long? _scoredPosition;

    public ImageRow(ImageMapping mapping, DataViewRow input, ColumnLayout layout)
    {
        _mapping = mapping;
        _input = input;
        _layout = layout;
        _results = [];
        _outputs = layout.CreateGetters(mapping.Scorer.Columns, Score);
        if (layout.NeedsOutputs)
        {
            (DataViewSchema.Column image, ImageColumnKind kind) = mapping.Input.Find(input.Schema);
            _image = BufferedColumn.Create(input, image, slots: 1);
            _source = mapping.CreateSource(kind, _image);
            _results = [new RowResult(mapping.Scorer.Columns, mapping.Options.BadImages)];
        }
    }

    public override DataViewSchema Schema => _layout.Schema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => _layout.IsActive(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _layout.RequireActive(column);
        return column.Index < _layout.InputCount
            ? _input.GetGetter<TValue>(_input.Schema[column.Index])
            : ColumnLayout.Cast<TValue>(_outputs[column.Index - _layout.InputCount]!, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private RowResult Score()
    {
        if (_scoredPosition != _input.Position)
        {
            _scoredPosition = null;
            _image!.Read(0);
            _mapping.Scorer.Score(_source!, [0], _results, [_input.Position]);
            _scoredPosition = _input.Position;
            _mapping.Report(_results[0], _source!, slot: 0, _input.Position);
        }

        return _results[0];
    }
}

/// <summary>Maps single rows, for prediction engines: on the caller's thread, nothing read ahead.</summary>
internal sealed class ImageRowMapper(ImageMapping mapping, DataViewSchema inputSchema) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema { get; } = mapping.GetOutputSchema(inputSchema);

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var layout = new ColumnLayout(OutputSchema, inputSchema, dependingColumns);
        return layout.NeedsOutputs
            ? layout.InputColumns.Append(mapping.Input.Find(inputSchema).Column).Distinct()
            : layout.InputColumns;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        return new ImageRow(mapping, input, new ColumnLayout(OutputSchema, inputSchema, activeColumns));
    }
}
