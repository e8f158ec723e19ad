using Microsoft.ML;

namespace MlNetMobileViT;

/// <summary>What the estimators of this library have in common. None looks at the data.</summary>
/// <typeparam name="TTransformer">The transformer that <see cref="Fit"/> makes.</typeparam>
public abstract class MobileViTEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : MobileViTTransformer
{
    private readonly ImageStep _step;
    private readonly ImageColumn _input;
    private readonly IReadOnlyList<OutputColumn> _columns;
    private readonly Func<ImageStep, TTransformer> _createTransformer;

    private protected MobileViTEstimator(
        ImageStep step, IReadOnlyList<OutputColumn> columns, Func<ImageStep, TTransformer> createTransformer)
    {
        _step = step;
        _input = step.Input;
        _columns = columns;
        _createTransformer = createTransformer;
        OutputColumn.RequireDistinct(columns.Select(static column => column.Name));
    }

    /// <summary>Makes the transformer, after a check of the input's schema. No row is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        (DataViewSchema.Column column, ImageColumnKind kind) = _input.Find(input.Schema);
        return _createTransformer(_step with
        {
            InputKind = kind,
            ImageSize = SizedImages.UnregisteredSize(column.Type),
        });
    }

    /// <summary>The shape of the schema that the transformer will make.</summary>
    /// <param name="inputSchema">The shape of the input's schema.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _input.Require(inputSchema);
        var names = _columns.Select(static column => column.Name).ToHashSet();
        return new SchemaShape(
            [.. inputSchema.Where(column => !names.Contains(column.Name)), .. _columns.Select(ColumnShape.Of)]);
    }
}
