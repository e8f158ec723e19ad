using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>A column that a transform adds.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
/// <param name="index">Which of the transform's columns it is.</param>
internal abstract class OutputColumn(string name, DataViewType type, int index)
{
    public string Name { get; } = name;

    public DataViewType Type { get; } = type;

    public int Index { get; } = index;

    /// <summary>Annotations that are vectors of text, such as slot names.</summary>
    public Dictionary<string, IReadOnlyList<string>> TextVectors { get; } = [];

    /// <summary>Annotations that are text.</summary>
    public Dictionary<string, string> Texts { get; } = [];

    /// <summary>Text in ML.NET's form.</summary>
    public static VBuffer<ReadOnlyMemory<char>> TextVector(IReadOnlyList<string> values) =>
        new(values.Count, [.. values.Select(static value => value.AsMemory())]);

    /// <summary>Checks that no column hides another.</summary>
    /// <exception cref="ArgumentException">Two have the same name.</exception>
    public static void RequireDistinct(IEnumerable<string> names)
    {
        string? twice = names.GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"Two output columns would have the name '{twice}'; give one of them another.");
        }
    }

    /// <summary>What a row keeps the column's values in.</summary>
    public abstract object CreateCell();

    /// <summary>Makes the values of a row missing.</summary>
    public abstract void SetMissing(object cell);

    /// <summary>A getter, as the view's consumers want it, of the row that is current when it is called.</summary>
    public abstract Delegate CreateGetter(Func<RowResult> currentRow);

    public DataViewSchema.DetachedColumn ToSchemaColumn()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        foreach ((string kind, IReadOnlyList<string> values) in TextVectors)
        {
            VBuffer<ReadOnlyMemory<char>> buffer = TextVector(values);
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

/// <summary>A column whose values a decoder writes into the row's cell: one, or as many as the vector has.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
/// <param name="index">Which of the transform's columns it is.</param>
/// <param name="missing">What stands for a value that there is not.</param>
internal class OutputColumn<T>(string name, DataViewType type, int index, T missing) : OutputColumn(name, type, index)
{
    /// <summary>The number of values in a row.</summary>
    public int Length { get; } = type is VectorDataViewType vector ? vector.Size : 1;

    public bool IsVector => Type is VectorDataViewType;

    public override object CreateCell() => new T[Length];

    public override void SetMissing(object cell) => Array.Fill((T[])cell, missing);

    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        ValueGetter<T> scalar = (ref T value) => value = Read(currentRow)[0];
        ValueGetter<VBuffer<T>> vector = (ref VBuffer<T> value) =>
        {
            ReadOnlySpan<T> values = Read(currentRow);
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, values.Length);
            values.CopyTo(editor.Values);
            value = editor.Commit();
        };
        return IsVector ? vector : scalar;
    }

    private ReadOnlySpan<T> Read(Func<RowResult> currentRow)
    {
        RowResult row = currentRow();
        row.ThrowIfFailed();
        return row.Values(this);
    }
}

/// <summary>Why a row has no values; empty where it has. The row itself writes it.</summary>
internal sealed class ErrorColumn(string name, int index)
    : OutputColumn<ReadOnlyMemory<char>>(name, TextDataViewType.Instance, index, default)
{
    /// <summary>Adds the error column, where the options ask for one.</summary>
    public static void AddTo(List<OutputColumn> columns, MobileViTPreprocessingOptions options)
    {
        if (options.BadImages == BadImageHandling.Mark)
        {
            columns.Add(new ErrorColumn(options.ErrorColumnName, columns.Count));
        }
    }
}

/// <summary>
/// The names of annotations, as ML.NET's own trainers and evaluators write and read them (its <c>AnnotationUtils</c> is internal).
/// </summary>
internal static class AnnotationKinds
{
    /// <summary>The names of a vector's slots.</summary>
    public const string SlotNames = "SlotNames";

    /// <summary>The values that a key stands for.</summary>
    public const string KeyValues = "KeyValues";

    /// <summary>What task a column of scores is for.</summary>
    public const string ScoreColumnKind = "ScoreColumnKind";

    /// <summary>What a column is among those of a scorer.</summary>
    public const string ScoreValueKind = "ScoreValueKind";
}
