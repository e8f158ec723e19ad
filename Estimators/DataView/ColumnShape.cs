using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// The shape of an output column. <see cref="SchemaShape.Column"/> has no constructor for others than ML.NET itself, so
/// shapes are borrowed from the custom mapping, which makes a column of any type that it is asked for.
/// </summary>
internal static class ColumnShape
{
    public static SchemaShape.Column Of(OutputColumn column) => column.Type switch
    {
        KeyDataViewType => Borrow<uint>(column),
        TextDataViewType => Borrow<ReadOnlyMemory<char>>(column),
        VectorDataViewType { ItemType: TextDataViewType } => Borrow<VBuffer<ReadOnlyMemory<char>>>(column),
        VectorDataViewType => Borrow<VBuffer<float>>(column),
        _ => Borrow<float>(column),
    };

    private static SchemaShape.Column Borrow<T>(OutputColumn column)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row<T>));
        SchemaDefinition.Column target = definition[0];
        target.ColumnName = column.Name;
        target.ColumnType = column.Type;
        foreach ((string kind, IReadOnlyList<string> values) in column.TextVectors)
        {
            var type = new VectorDataViewType(TextDataViewType.Instance, values.Count);
            target.AddAnnotation(kind, OutputColumn.TextVector(values), type);
        }

        foreach ((string kind, string text) in column.Texts)
        {
            target.AddAnnotation(kind, text.AsMemory(), TextDataViewType.Instance);
        }

        // A context of its own: one that stayed would remember every estimator that it made.
        IEstimator<ITransformer> estimator = new MLContext().Transforms.CustomMapping<NoColumns, Row<T>>(
            static (_, _) => { }, contractName: null, outputSchemaDefinition: definition);
        return estimator.GetOutputSchema(new SchemaShape([])).Single();
    }

    private sealed class Row<T>
    {
        public T Value { get; set; } = default!;
    }
}

/// <summary>The row of a custom mapping that reads nothing.</summary>
internal sealed class NoColumns;
