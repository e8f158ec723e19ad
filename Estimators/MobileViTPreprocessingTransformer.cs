namespace MlNetMobileViT;

/// <summary>Turns images into the input of a model; made by a <see cref="MobileViTPreprocessingEstimator"/>.</summary>
public sealed class MobileViTPreprocessingTransformer : MobileViTTransformer
{
    internal MobileViTPreprocessingTransformer(PreprocessingStep step, IStepSaver saver)
        : base(
            step,
            new PreprocessingScorer(new ImagePreprocessor(step.Preprocessing, step.Options.Decoding), step.CreateColumns()),
            saver)
    {
        Preprocessing = step.Preprocessing;
    }

    /// <summary>How images become pixels.</summary>
    public ImagePreprocessing Preprocessing { get; }
}
