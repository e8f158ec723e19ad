namespace MlNetMobileViT;

/// <summary>Writes a feature vector for each image; made by a <see cref="MobileViTFeaturizationEstimator"/>.</summary>
public sealed class MobileViTFeaturizationTransformer : MobileViTModelTransformer
{
    internal MobileViTFeaturizationTransformer(SharedModel model, FeaturizationStep step, IStepSaver saver)
        : base(model, step, saver)
    {
    }
}
