namespace MlNetMobileViT;

/// <summary>The outputs that a transform takes from the model, each once, and the columns that it makes of them.</summary>
internal sealed class ScoringPlan
{
    private readonly MobileViTModel _model;
    private readonly List<string> _outputs = [];
    private readonly List<OutputColumn> _columns = [];

    private ScoringPlan(MobileViTModel model)
    {
        _model = model;
    }

    /// <summary>The model's outputs.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>The columns.</summary>
    public IReadOnlyList<OutputColumn> Columns => _columns;

    /// <summary>The columns of a step, and what its options add.</summary>
    public static ScoringPlan For(MobileViTModel model, ImageStep step)
    {
        var plan = new ScoringPlan(model);
        if (step.Kind == ImageStepKind.Classify)
        {
            plan.AddClasses(step.OutputColumnName, (MobileViTClassificationOptions)step.Options);
        }
        else
        {
            plan.AddVector(step.OutputColumnName, step.ModelOutput!);
        }

        plan.AddOptions((MobileViTScoringOptions)step.Options);
        return plan;
    }

    private void AddClasses(string columnName, MobileViTClassificationOptions options)
    {
        int probabilities = Use(ModelOutputs.Probabilities);
        bool hasLogits = _model.Outputs.Any(static output => output.Name == ModelOutputs.Logits);
        var ranking = new ClassRanking(hasLogits ? Use(ModelOutputs.Logits) : probabilities, probabilities);
        int top = Math.Min(options.TopK, _model.Labels.Count);

        var label = new PredictedLabelColumn(columnName, _model.Labels.Count, ranking);
        label.TextVectors.Add(AnnotationKinds.KeyValues, _model.Labels);
        _columns.Add(label);
        OutputColumn score = AddVector(options.ScoreColumnName, ModelOutputs.Probabilities);
        foreach (OutputColumn column in (OutputColumn[])[label, score])
        {
            column.Texts.Add(AnnotationKinds.ScoreColumnKind, "MulticlassClassification");
            column.Texts.Add(AnnotationKinds.ScoreValueKind, column == label ? "PredictedLabel" : "Score");
        }

        _columns.Add(new ProbabilityColumn(options.ProbabilityColumnName, ranking));
        _columns.Add(new TopLabelsColumn(options.TopLabelsColumnName, top, _model.Labels, ranking));
        _columns.Add(new TopProbabilitiesColumn(options.TopProbabilitiesColumnName, top, ranking));
    }

    private void AddOptions(MobileViTScoringOptions options)
    {
        foreach (ModelOutputColumn column in options.AdditionalOutputs)
        {
            AddVector(column.ColumnName, column.ModelOutput);
        }

        _columns.AddRange(ErrorColumn.For(options));
    }

    private ModelOutputVectorColumn AddVector(string columnName, string modelOutput)
    {
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        ModelOutput output = _model.GetOutput(modelOutput);
        var column = new ModelOutputVectorColumn(columnName, output.Shape, Use(modelOutput));
        if (modelOutput is ModelOutputs.Logits or ModelOutputs.Probabilities)
        {
            column.TextVectors.Add(AnnotationKinds.SlotNames, _model.Labels);
        }

        _columns.Add(column);
        return column;
    }

    private int Use(string modelOutput)
    {
        _model.GetOutput(modelOutput);
        int index = _outputs.IndexOf(modelOutput);
        if (index < 0)
        {
            index = _outputs.Count;
            _outputs.Add(modelOutput);
        }

        return index;
    }
}
