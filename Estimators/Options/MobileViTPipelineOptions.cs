namespace MlNetMobileViT;

/// <summary>
/// What the MobileViT steps of a saved pipeline are to do otherwise than they were saved to, because this machine or these images
/// are not those that the pipeline was made for. What is null stays as it was saved.
/// </summary>
public sealed record MobileViTPipelineOptions
{
    /// <inheritdoc cref="MobileViTPreprocessingOptions.Threads"/>
    public int? Threads { get; init; }

    /// <inheritdoc cref="MobileViTPreprocessingOptions.MaxPixels"/>
    public long? MaxPixels { get; init; }

    /// <summary>Checks that the values are in range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate() => ApplyTo(new MobileViTPreprocessingOptions()).Validate();

    internal MobileViTPreprocessingOptions ApplyTo(MobileViTPreprocessingOptions saved) => saved with
    {
        Threads = Threads ?? saved.Threads,
        MaxPixels = MaxPixels ?? saved.MaxPixels,
    };
}
