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

    /// <summary>One output of the model, and what the options add.</summary>
    public static ScoringPlan ForOutput(
        MobileViTModel model, string columnName, string modelOutput, MobileViTScoringOptions options)
    {
        var plan = new ScoringPlan(model);
        plan.AddVector(columnName, modelOutput);
        plan.AddOptions(options);
        return plan;
    }

    /// <summary>The columns of a classification, and what the options add.</summary>
    public static ScoringPlan ForClassification(MobileViTModel model, string columnName, MobileViTClassificationOptions options)
    {
        var plan = new ScoringPlan(model);
        int probabilities = plan.Use(ModelOutputs.Probabilities);
        bool hasLogits = model.Outputs.Any(static output => output.Name == ModelOutputs.Logits);
        var ranking = new ClassRanking(hasLogits ? plan.Use(ModelOutputs.Logits) : probabilities, probabilities);
        int top = Math.Min(options.TopK, model.Labels.Count);

        var label = new PredictedLabelColumn(columnName, model.Labels.Count, ranking);
        label.TextVectors.Add(AnnotationKinds.KeyValues, model.Labels);
        plan._columns.Add(label);
        OutputColumn score = plan.AddVector(options.ScoreColumnName, ModelOutputs.Probabilities);
        foreach (OutputColumn column in (OutputColumn[])[label, score])
        {
            column.Texts.Add(AnnotationKinds.ScoreColumnKind, "MulticlassClassification");
            column.Texts.Add(AnnotationKinds.ScoreValueKind, column == label ? "PredictedLabel" : "Score");
        }

        plan._columns.Add(new ProbabilityColumn(options.ProbabilityColumnName, ranking));
        plan._columns.Add(new TopLabelsColumn(options.TopLabelsColumnName, top, model.Labels, ranking));
        plan._columns.Add(new TopProbabilitiesColumn(options.TopProbabilitiesColumnName, top, ranking));
        plan.AddOptions(options);
        return plan;
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
