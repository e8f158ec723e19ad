using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>A column that a transform adds.</summary>
internal abstract class OutputColumn(string name, DataViewType type)
{
    public string Name { get; } = name;

    public DataViewType Type { get; } = type;

    /// <summary>Annotations that are vectors of text, such as slot names.</summary>
    public Dictionary<string, IReadOnlyList<string>> TextVectors { get; } = [];

    /// <summary>Annotations that are text.</summary>
    public Dictionary<string, string> Texts { get; } = [];

    /// <summary>A getter, as the view's consumers want it, of the row that is current when it is called.</summary>
    public abstract Delegate CreateGetter(Func<RowResult> currentRow);

    public DataViewSchema.DetachedColumn ToSchemaColumn()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        foreach ((string kind, IReadOnlyList<string> values) in TextVectors)
        {
            VBuffer<ReadOnlyMemory<char>> buffer = TextVector.Create(values);
            annotations.Add(
                kind,
                new VectorDataViewType(TextDataViewType.Instance, values.Count),
                (ref VBuffer<ReadOnlyMemory<char>> value) => buffer.CopyTo(ref value));
        }

        foreach ((string kind, string text) in Texts)
        {
            annotations.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
        }

        return new DataViewSchema.DetachedColumn(Name, Type, annotations.ToAnnotations());
    }
}
