namespace MlNetMobileViT.Conversion;

/// <summary>How far a quantization is.</summary>
/// <param name="Step">What is being done, such as <c>ranges</c>, for people to read.</param>
/// <param name="Done">How much of the step is done.</param>
/// <param name="Total">How much the step has.</param>
public readonly record struct QuantizationProgress(string Step, int Done, int Total);
