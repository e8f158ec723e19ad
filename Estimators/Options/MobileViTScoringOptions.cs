namespace MlNetMobileViT;

/// <summary>How images are scored.</summary>
/// <remarks>Not sealed, for <see cref="MobileViTClassificationOptions"/> adds to it.</remarks>
public record MobileViTScoringOptions : MobileViTPreprocessingOptions
{
    /// <summary>The largest <see cref="BatchSize"/>.</summary>
    public const int MaxBatchSize = 1024;

    /// <summary>
    /// The most images that go into one run of the model, from 1 to <see cref="MaxBatchSize"/>. 1 by default, for a
    /// CPU, where the threads score images side by side and keep their cores busy: runs of two images were measured to be 2 %
    /// faster with XXS and 3 % slower with XS and S. A GPU wants more. The batch never changes a result by more than 1e-5. A
    /// model that was converted for a fixed batch takes that one instead.
    /// </summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>
    /// More columns with outputs of the same run, so that one pass over the images yields, say, classes and features.
    /// Empty by default. The list is copied.
    /// </summary>
    public IReadOnlyList<ModelOutputColumn> AdditionalOutputs { get; init => field = value?.ToArray()!; } = [];

    internal override MobileViTScoringOptions ForColumn(string outputColumnName) =>
        (MobileViTScoringOptions)base.ForColumn(outputColumnName) with
        {
            AdditionalOutputs =
                [.. AdditionalOutputs.Select(column => column with { ColumnName = $"{outputColumnName}.{column.ColumnName}" })],
        };

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchSize, MaxBatchSize);
        ArgumentNullException.ThrowIfNull(AdditionalOutputs);
        foreach (ModelOutputColumn column in AdditionalOutputs)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(AdditionalOutputs));
            ArgumentException.ThrowIfNullOrEmpty(column.ColumnName, nameof(AdditionalOutputs));
            ArgumentException.ThrowIfNullOrEmpty(column.ModelOutput, nameof(AdditionalOutputs));
        }
    }
}

/// <summary>A column that holds an output of the model.</summary>
/// <param name="ColumnName">The name of the column.</param>
/// <param name="ModelOutput">The name of the output: one of <see cref="ModelOutputs"/>.</param>
public sealed record ModelOutputColumn(string ColumnName, string ModelOutput);
