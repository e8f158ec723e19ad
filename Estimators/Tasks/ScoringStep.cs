namespace MlNetMobileViT;

/// <summary>Images to an output of the model, as it is.</summary>
internal record ScoringStep : ModelStep<MobileViTScoringOptions>
{
    /// <summary>The output of the model that <see cref="ImageStep.OutputColumnName"/> holds.</summary>
    public required string ModelOutput { get; init; }

    public override ModelTask CreateTask(ModelSignature model)
    {
        var task = new ModelTask(model);
        task.AddVector(OutputColumnName, ModelOutput);
        task.AddOptions(Options);
        return task;
    }

    protected override void Validate()
    {
        base.Validate();
        Require(ModelOutput.Length > 0, "its output of the model is wrong.");
    }
}

/// <summary>What FeaturizeImages once saved: a step as any that scores, under a name of its own.</summary>
internal sealed record FeaturizationStep : ScoringStep;
