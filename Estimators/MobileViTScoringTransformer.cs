namespace MlNetMobileViT;

/// <summary>Writes an output of the model for each image; made by a <see cref="MobileViTScoringEstimator"/>.</summary>
public sealed class MobileViTScoringTransformer : MobileViTModelTransformer
{
    internal MobileViTScoringTransformer(SharedModel model, ScoringStep step, IStepSaver saver)
        : base(model, step, saver)
    {
    }
}
