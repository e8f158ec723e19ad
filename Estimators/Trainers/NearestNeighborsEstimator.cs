using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT;

/// <summary>
/// Classifies by the k training rows whose features have the greatest cosine to those of a row, found exactly: each votes for its class
/// with the weight exp(cosine / 0.07) (Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", 2018).
/// </summary>
/// <remarks>
/// <para>
/// There is nothing to train, so it has its place where there are few examples of each class: the rows become part of the model, and of
/// the file that it is saved to. Of rows that are equally near the first of the training data counts, and of classes with equal
/// probability the first is predicted. Rows without a label, with features that are missing (NaN) or infinite, or with a weight that is
/// not above 0 are left out; an example weight is a factor of the row's vote.
/// </para>
/// <para>
/// What is fitted adds the columns <c>Score</c>, the probability of each class, and <c>PredictedLabel</c>, a key with the values of the
/// label, as ML.NET's trainers do. It consists of ML.NET's own transformers, with the rows in an ONNX graph, so that it is saved and loaded
/// like them, in any program that registered this assembly (<c>mlContext.ComponentCatalog.RegisterAssembly</c>) or loads with
/// <see cref="MobileViTModelOperations"/>. Where the features are missing, so are probabilities and prediction.
/// </para>
/// </remarks>
public sealed class NearestNeighborsEstimator : IEstimator<TransformerChain<ITransformer>>
{
    /// <summary>How many rows vote unless another number is asked for.</summary>
    public const int DefaultNeighborCount = 5;

    private const string PredictedLabel = "PredictedLabel";

    private readonly string _label;
    private readonly string _features;
    private readonly string? _weight;
    private readonly int _neighbors;

    internal NearestNeighborsEstimator(string label, string features, string? weight, int neighbors) =>
        (_label, _features, _weight, _neighbors) = (label, features, weight, neighbors);

    /// <summary>Takes over the rows. What is returned holds a session of ONNX Runtime until it is disposed.</summary>
    /// <param name="input">
    /// The data: a label that is a key of texts, features that are a vector of <see cref="float"/> of known size and, where one was named,
    /// a column of example weights.
    /// </param>
    /// <exception cref="ArgumentException">A column is missing or of another type, or there is no row to learn from.</exception>
    public TransformerChain<ITransformer> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema.Column features = Find(input.Schema, _features);
        if (features.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw new ArgumentException($"The column '{_features}' is {features.Type}, and not a vector of Single of known size.", nameof(input));
        }

        DataViewSchema.Column label = Find(input.Schema, _label);
        IReadOnlyList<string> classes = ClassesOf(label);
        NeighborRows rows = ReadRows(input, features, label);
        if (rows.Count == 0)
        {
            throw new ArgumentException("No row has a label, finite features and a weight above 0: there is nothing to learn from.", nameof(input));
        }

        TransformsCatalog transforms = new MLContext().Transforms;
        using var onnx = new MemoryStream(NearestNeighborsGraph.Write(rows, vector.Size, classes, Math.Min(_neighbors, rows.Count)));
        IDataView keys = new MLContext().Data.LoadFromEnumerable(classes.Select(static name => new ClassRow { Value = name }));
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(transforms.CopyColumns(NearestNeighborsGraph.Features, _features))
            .Append<ITransformer>(transforms.ApplyOnnxModel(
                [NearestNeighborsGraph.Score, NearestNeighborsGraph.Class], [NearestNeighborsGraph.Features], onnx))
            .Append(SavedMapping.Estimator(transforms, new PredictedClassMapping()))
            .Append<ITransformer>(transforms.Conversion.MapValueToKey(
                PredictedLabel, PredictedClassRow.Name, keyData: keys))
            .Append<ITransformer>(transforms.DropColumns(
                NearestNeighborsGraph.Features, NearestNeighborsGraph.Class, PredictedClassRow.Name))
            .Fit(input);
    }

    /// <summary>The shape of the schema that the transformer will make.</summary>
    /// <param name="inputSchema">The shape of the input's schema.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    // A trainer of ML.NET's has the same columns, and SchemaShape.Column has no constructor for others than ML.NET.
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => new MLContext().MulticlassClassification.Trainers
        .LbfgsMaximumEntropy(_label, _features, _weight).GetOutputSchema(inputSchema);

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentException($"There is no column '{name}'.", nameof(schema));

    private static string[] ClassesOf(DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType
            || label.Type.RawType != typeof(uint)
            || label.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type is not VectorDataViewType { ItemType: TextDataViewType })
        {
            throw new ArgumentException(
                $"The label '{label.Name}' is {label.Type}, and not a key of texts, such as Conversion.MapValueToKey makes of text.", nameof(label));
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(static name => name.ToString())];
    }

    private NeighborRows ReadRows(IDataView input, DataViewSchema.Column features, DataViewSchema.Column label)
    {
        DataViewSchema.Column? weight = _weight is null ? null : Find(input.Schema, _weight);
        var rows = new NeighborRows();
        DataViewSchema.Column[] columns = [features, label, .. weight is { } column ? [column] : Array.Empty<DataViewSchema.Column>()];
        using DataViewRowCursor cursor = input.GetRowCursor(columns);
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        ValueGetter<uint> getLabel = cursor.GetGetter<uint>(label);
        ValueGetter<float>? getWeight = weight is { } weightColumn ? cursor.GetGetter<float>(weightColumn) : null;
        VBuffer<float> values = default;
        while (cursor.MoveNext())
        {
            uint key = 0;
            float vote = 1;
            getFeatures(ref values);
            getLabel(ref key);
            getWeight?.Invoke(ref vote);
            if (key > 0 && vote > 0 && float.IsFinite(vote))
            {
                rows.Add(values, (int)key - 1, vote);
            }
        }

        return rows;
    }

    private sealed class ClassRow
    {
        public string Value { get; set; } = "";
    }
}

/// <summary>What the graph says of the class: a vector of one text, as the ONNX transform has no single values.</summary>
internal sealed class ClassVectorRow
{
    [ColumnName(NearestNeighborsGraph.Class)]
    public VBuffer<ReadOnlyMemory<char>> Class { get; set; }
}

/// <summary>The class as one text; empty where there is none.</summary>
internal sealed class PredictedClassRow
{
    public const string Name = SavedOnnx.ColumnPrefix + "predicted_class";

    [ColumnName(Name)]
    public ReadOnlyMemory<char> Class { get; set; }
}

[CustomMappingFactoryAttribute("MlNetMobileViT.PredictedClass")]
internal sealed class PredictedClassMapping : CustomMappingFactory<ClassVectorRow, PredictedClassRow>
{
    public override Action<ClassVectorRow, PredictedClassRow> GetMapping() =>
        static (input, output) => output.Class = input.Class.GetItemOrDefault(0);
}
