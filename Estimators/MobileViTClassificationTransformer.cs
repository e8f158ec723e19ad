namespace MlNetMobileViT;

/// <summary>Predicts the class of each image; made by a <see cref="MobileViTClassificationEstimator"/>.</summary>
public sealed class MobileViTClassificationTransformer : MobileViTModelTransformer
{
    internal MobileViTClassificationTransformer(SharedModel model, ImageStep step)
        : base(model, step)
    {
    }
}
