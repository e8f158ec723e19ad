namespace MlNetMobileViT;

/// <summary>Predicts the class of each image; made by a <see cref="MobileViTClassificationEstimator"/>.</summary>
public sealed class MobileViTClassificationTransformer : MobileViTModelTransformer
{
    internal MobileViTClassificationTransformer(
        SharedModel model, string inputColumnName, ScoringPlan plan, MobileViTClassificationOptions options)
        : base(model, inputColumnName, plan, options)
    {
    }
}
