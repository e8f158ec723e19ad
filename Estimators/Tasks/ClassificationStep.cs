using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Images to their classes.</summary>
internal sealed record ClassificationStep : ModelStep<MobileViTClassificationOptions>
{
    /// <summary>The labels of the classes; null where the step is not saved.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    internal override ModelSignature SavedModel => base.SavedModel with { Labels = Labels! };

    public override ModelTask CreateTask(ModelSignature model) => new ClassificationTask(model, OutputColumnName, Options);

    public override ModelStep ForSaving(MobileViTModel model) =>
        (ClassificationStep)base.ForSaving(model) with { Labels = model.Labels };

    protected override void Validate()
    {
        base.Validate();
        Require(Labels is { Count: > 0 }, "a classification needs labels.");
        Require(!Labels!.Contains(null!), "a label is missing.");
    }
}

/// <summary>The columns of a classification, all by one ranking of the classes.</summary>
internal sealed class ClassificationTask : ModelTask
{
    // Beyond that, the ranking is no longer small enough for the stack.
    private const int MaxOnStack = 256;

    private readonly IReadOnlyList<string> _labels;
    private readonly int _rankBy;
    private readonly int _probabilities;
    private readonly OutputColumn<uint> _label;
    private readonly OutputColumn<float> _probability;
    private readonly OutputColumn<ReadOnlyMemory<char>> _topLabels;
    private readonly OutputColumn<float> _topProbabilities;

    public ClassificationTask(ModelSignature model, string columnName, MobileViTClassificationOptions options)
        : base(model)
    {
        _labels = model.Labels;
        _probabilities = Use(ModelOutputs.Probabilities);
        _rankBy = Use(ClassRanking.OutputOf(model));
        int classes = Outputs[_rankBy].Length;
        if (_labels.Count != classes || Outputs[_probabilities].Length != classes)
        {
            throw new ArgumentException(
                $"'{model.Source}' has {_labels.Count} labels for {classes} classes and {Outputs[_probabilities].Length} probabilities.");
        }

        int top = Math.Min(options.TopK, classes);
        _label = Add(columnName, new KeyDataViewType(typeof(uint), classes), 0u);
        _label.TextVectors.Add(AnnotationKinds.KeyValues, _labels);
        OutputColumn<float> score = AddVector(options.ScoreColumnName, ModelOutputs.Probabilities);
        foreach (OutputColumn column in (OutputColumn[])[_label, score])
        {
            column.Texts.Add(AnnotationKinds.ScoreColumnKind, "MulticlassClassification");
            column.Texts.Add(AnnotationKinds.ScoreValueKind, column == _label ? "PredictedLabel" : "Score");
        }

        _probability = Add(options.ProbabilityColumnName, NumberDataViewType.Single, float.NaN);
        _topLabels = Add(
            options.TopLabelsColumnName, new VectorDataViewType(TextDataViewType.Instance, top), default(ReadOnlyMemory<char>));
        _topProbabilities = Add(
            options.TopProbabilitiesColumnName, new VectorDataViewType(NumberDataViewType.Single, top), float.NaN);
        if (options.ActivationColumnName is { } activation)
        {
            AddVector(activation, ModelOutputs.Activation);
        }

        AddOptions(options);
    }

    public override void Decode(ImageOutputs outputs, ImageGeometry? geometry, RowResult row)
    {
        base.Decode(outputs, geometry, row);
        ReadOnlySpan<float> probabilities = outputs[_probabilities];
        Span<int> classes = _topLabels.Length <= MaxOnStack ? stackalloc int[_topLabels.Length] : new int[_topLabels.Length];
        ClassRanking.Rank(outputs[_rankBy], classes);
        row.Values(_label)[0] = (uint)classes[0] + 1;
        row.Values(_probability)[0] = probabilities[classes[0]];
        Span<ReadOnlyMemory<char>> topLabels = row.Values(_topLabels);
        Span<float> topProbabilities = row.Values(_topProbabilities);
        for (int i = 0; i < classes.Length; i++)
        {
            topLabels[i] = _labels[classes[i]].AsMemory();
            topProbabilities[i] = probabilities[classes[i]];
        }
    }
}
