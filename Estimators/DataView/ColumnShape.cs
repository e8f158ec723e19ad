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
        KeyDataViewType => Borrow<UInt32Row>(column),
        TextDataViewType => Borrow<TextRow>(column),
        VectorDataViewType { ItemType: TextDataViewType } => Borrow<TextVectorRow>(column),
        VectorDataViewType => Borrow<SingleVectorRow>(column),
        _ => Borrow<SingleRow>(column),
    };

    private static SchemaShape.Column Borrow<TRow>(OutputColumn column)
        where TRow : class, new()
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TRow));
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
        IEstimator<ITransformer> estimator = new MLContext().Transforms.CustomMapping<NoColumns, TRow>(
            static (_, _) => { }, contractName: null, outputSchemaDefinition: definition);
        return estimator.GetOutputSchema(new SchemaShape([])).Single();
    }

    private sealed class NoColumns;

    private sealed class UInt32Row
    {
        public uint Value { get; set; }
    }

    private sealed class SingleRow
    {
        public float Value { get; set; }
    }

    private sealed class TextRow
    {
        public ReadOnlyMemory<char> Value { get; set; }
    }

    private sealed class SingleVectorRow
    {
        public VBuffer<float> Value { get; set; }
    }

    private sealed class TextVectorRow
    {
        public VBuffer<ReadOnlyMemory<char>> Value { get; set; }
    }
}
