namespace MlNetMobileViT;

/// <summary>Predicts the class of each image; made by a <see cref="MobileViTClassificationEstimator"/>.</summary>
public sealed class MobileViTClassificationTransformer : MobileViTModelTransformer
{
    internal MobileViTClassificationTransformer(SharedModel model, ClassificationStep step, IStepSaver saver)
        : base(model, step, saver)
    {
    }
}
