using Microsoft.ML;

namespace MlNetMobileViT;

/// <summary>
/// Which columns of an output schema a consumer wants. The columns of the input come first, at the same indices, and then
/// those that the transform adds.
/// </summary>
internal sealed class ColumnLayout
{
    private readonly bool[] _isActive;

    public ColumnLayout(DataViewSchema schema, DataViewSchema inputSchema, IEnumerable<DataViewSchema.Column> active)
    {
        Schema = schema;
        InputCount = inputSchema.Count;
        _isActive = new bool[schema.Count];
        foreach (DataViewSchema.Column column in active)
        {
            _isActive[column.Index] = true;
        }

        InputColumns = [.. inputSchema.Where(column => _isActive[column.Index])];
        NeedsOutputs = _isActive.AsSpan(InputCount).Contains(true);
    }

    public DataViewSchema Schema { get; }

    /// <summary>The number of columns of the input.</summary>
    public int InputCount { get; }

    /// <summary>The wanted columns of the input.</summary>
    public IReadOnlyList<DataViewSchema.Column> InputColumns { get; }

    /// <summary>Whether any column of the transform is wanted.</summary>
    public bool NeedsOutputs { get; }

    public bool IsActive(int index) => _isActive[index];

    /// <summary>Getters of the transform's columns, in their order; null for those that are not wanted.</summary>
    public Delegate?[] CreateGetters(IReadOnlyList<OutputColumn> columns, Func<RowResult> currentRow) =>
        [.. columns.Select((column, index) => IsActive(InputCount + index) ? column.CreateGetter(currentRow) : null)];

    public void RequireActive(DataViewSchema.Column column)
    {
        if (column.Index >= _isActive.Length || !_isActive[column.Index])
        {
            throw new InvalidOperationException($"The column '{column.Name}' is not active in this row.");
        }
    }

    /// <summary>Casts a getter to the type that a consumer wants.</summary>
    /// <exception cref="InvalidOperationException">The column has another type.</exception>
    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException(
            $"The column '{column.Name}' has values of type {column.Type.RawType}, not {typeof(TValue)}.");
}
