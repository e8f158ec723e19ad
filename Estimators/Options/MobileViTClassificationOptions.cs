namespace MlNetMobileViT;

/// <summary>What classification yields beside the predicted label.</summary>
public sealed record MobileViTClassificationOptions : MobileViTScoringOptions
{
    /// <summary>
    /// The column of the probabilities of all classes, a vector with the labels as slot names; what ML.NET's evaluator of
    /// multiclass classification reads. <c>Score</c> by default.
    /// </summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The column of the probability of the predicted label, in [0, 1]. <c>Probability</c> by default.</summary>
    public string ProbabilityColumnName { get; init; } = "Probability";

    /// <summary>
    /// The number of labels in the columns of the most likely ones; at least 1. 5 by default; more than there are classes is
    /// taken as all of them.
    /// </summary>
    public int TopK { get; init; } = 5;

    /// <summary>
    /// The column of the <see cref="TopK"/> most likely labels, a vector of text, most likely first. <c>TopLabels</c> by
    /// default.
    /// </summary>
    public string TopLabelsColumnName { get; init; } = "TopLabels";

    /// <summary>
    /// The column of the probabilities of the <see cref="TopK"/> most likely labels. <c>TopProbabilities</c> by default.
    /// </summary>
    public string TopProbabilitiesColumnName { get; init; } = "TopProbabilities";

    /// <summary>
    /// The column of the class-activation map of the predicted label, such as <c>ClassActivation</c>; null, the default, for none. A
    /// vector <c>[h, w]</c> over the model's input: where in it the label's score comes from, <see cref="ModelOutputs.Activation"/>,
    /// which the model has to have. <see cref="ClassActivation.ToSource"/> says how it lies on the picture.
    /// </summary>
    public string? ActivationColumnName { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(ProbabilityColumnName);
        ArgumentException.ThrowIfNullOrEmpty(TopLabelsColumnName);
        ArgumentException.ThrowIfNullOrEmpty(TopProbabilitiesColumnName);
        if (ActivationColumnName is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(ActivationColumnName);
        }
    }
}
