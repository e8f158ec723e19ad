namespace MlNetMobileViT;

/// <summary>How images are scored.</summary>
public record MobileViTScoringOptions : MobileViTPreprocessingOptions
{
    /// <summary>
    /// The most images that go into one run of the model. 1 by default, which was measured to be fastest on a CPU, where the
    /// threads score images side by side; a GPU wants more. The batch never changes a result by more than 1e-5.
    /// </summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>
    /// More columns with outputs of the same run, so that one pass over the images yields, say, classes and features.
    /// Empty by default.
    /// </summary>
    public IReadOnlyList<ModelOutputColumn> AdditionalOutputs { get; init; } = [];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentNullException.ThrowIfNull(AdditionalOutputs);
    }
}
