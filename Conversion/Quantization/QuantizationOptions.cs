namespace MlNetMobileViT.Conversion;

/// <summary>How a model is quantized.</summary>
public sealed record QuantizationOptions
{
    /// <summary>The fewest pictures that give ranges worth trusting.</summary>
    public const int MinImages = 16;

    /// <summary>
    /// What is computed in 8 bits. Default: null, which takes the fastest that keeps <see cref="Keep"/> of the labels.
    /// </summary>
    public QuantizationLevel? Level { get; init; }

    /// <summary>
    /// Where <see cref="Level"/> is null, the share of held-out pictures, from 0 to 1, whose first label must stay that of the float
    /// model. Where pictures have labels, top-1 may fall by no more than half a point besides. Default: 0.99.
    /// </summary>
    public double Keep { get; init; } = 0.99;

    /// <summary>
    /// Whether weights keep within 7 bits, so that no sum of products saturates on x64 processors without VNNI. Default: false.
    /// </summary>
    public bool ReduceRange { get; init; }

    /// <summary>The threads that run the model over pictures; 0, the default, is one for each processor. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The most pixels (width times height) that a picture may have; one that has more is left out.</summary>
    public long MaxPixels { get; init; } = ImageDecodingOptions.DefaultMaxPixels;

    /// <summary>Checks that the values are possible.</summary>
    /// <exception cref="ArgumentException">A value is not; the message says which and what it may be.</exception>
    public void Validate()
    {
        if (Level is { } level && !Enum.IsDefined(level))
        {
            throw new ArgumentException(FormattableString.Invariant($"There is no level {level:D}."));
        }

        if (!(Keep is >= 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"{nameof(Keep)} is {Keep}; it must be between 0 and 1."));
        }

        if (Threads < 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{nameof(Threads)} is {Threads}; it must be 0, which is one for each processor, or more."));
        }

        new ImageDecodingOptions { MaxPixels = MaxPixels }.Validate();
    }
}
