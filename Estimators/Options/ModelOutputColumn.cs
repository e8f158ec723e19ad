namespace MlNetMobileViT;

/// <summary>A column that holds an output of the model.</summary>
/// <param name="ColumnName">The name of the column.</param>
/// <param name="ModelOutput">The name of the output: one of <see cref="ModelOutputs"/>.</param>
public sealed record ModelOutputColumn(string ColumnName, string ModelOutput);
