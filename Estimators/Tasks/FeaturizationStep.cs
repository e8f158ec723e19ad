namespace MlNetMobileViT;

/// <summary>Images to feature vectors: an output of the model, for a trainer to learn from.</summary>
internal sealed record FeaturizationStep : ScoringStep;
