using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// What a step takes from its model and the columns that it makes of it. The base of the tasks has the columns that hold an
/// output as it is, and that of errors.
/// </summary>
internal class ModelTask(ModelSignature model) : IResultDecoder
{
    private readonly List<ModelOutput> _outputs = [];
    private readonly List<OutputColumn> _columns = [];
    private readonly List<(OutputColumn<float> Column, int Output)> _vectors = [];

    public IReadOnlyList<ModelOutput> Outputs => _outputs;

    public IReadOnlyList<OutputColumn> Columns => _columns;

    public virtual void Decode(ImageOutputs outputs, ImageGeometry? geometry, RowResult row)
    {
        foreach ((OutputColumn<float> column, int output) in _vectors)
        {
            outputs[output].CopyTo(row.Values(column));
        }
    }

    /// <summary>Adds a column with all values of an output.</summary>
    public OutputColumn<float> AddVector(string columnName, string modelOutput)
    {
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        int output = Use(modelOutput);
        OutputColumn<float> column = Add(
            columnName, new VectorDataViewType(NumberDataViewType.Single, _outputs[output].Shape.ToArray()), float.NaN);
        if (modelOutput is ModelOutputs.Logits or ModelOutputs.Probabilities)
        {
            column.TextVectors.Add(AnnotationKinds.SlotNames, model.Labels);
        }

        _vectors.Add((column, output));
        return column;
    }

    /// <summary>Adds the columns that the options ask for; the last.</summary>
    public void AddOptions(MobileViTScoringOptions options)
    {
        foreach (ModelOutputColumn column in options.AdditionalOutputs)
        {
            AddVector(column.ColumnName, column.ModelOutput);
        }

        ErrorColumn.AddTo(_columns, options);
    }

    /// <summary>Adds a column that <see cref="Decode"/> writes.</summary>
    protected OutputColumn<T> Add<T>(string name, DataViewType type, T missing)
    {
        var column = new OutputColumn<T>(name, type, _columns.Count, missing);
        _columns.Add(column);
        return column;
    }

    /// <summary>The index of an output among those that the task takes.</summary>
    protected int Use(string modelOutput)
    {
        ModelOutput output = model.GetOutput(modelOutput);
        int index = _outputs.IndexOf(output);
        if (index < 0)
        {
            index = _outputs.Count;
            _outputs.Add(output);
        }

        return index;
    }
}
