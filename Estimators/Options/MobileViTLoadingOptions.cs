namespace MlNetMobileViT;

/// <summary>
/// What the steps of a loaded pipeline do otherwise than when it was saved: a pipeline often runs on another machine than the one
/// that trained it. What is null stays as it was saved.
/// </summary>
public sealed record MobileViTLoadingOptions
{
    /// <inheritdoc cref="MobileViTPreprocessingOptions.Threads"/>
    public int? Threads { get; init; }

    /// <inheritdoc cref="ImageDecodingOptions.MaxPixels"/>
    public long? MaxPixels { get; init; }

    /// <summary>A step's options with these in the place of what was saved.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal MobileViTPreprocessingOptions Apply(MobileViTPreprocessingOptions saved)
    {
        MobileViTPreprocessingOptions options = saved with
        {
            Threads = Threads ?? saved.Threads,
            MaxPixels = MaxPixels ?? saved.MaxPixels,
        };
        options.Validate();
        return options;
    }
}
