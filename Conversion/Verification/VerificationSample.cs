namespace MlNetMobileViT.Conversion;

/// <summary>An input whose logits are known.</summary>
/// <param name="Name">What to call it, such as the name of the image file.</param>
/// <param name="Pixels">The preprocessed image, <c>[3, H, W]</c>.</param>
/// <param name="FirstLogits">What the first logits must be, one or more.</param>
/// <param name="Tolerance">The largest difference allowed.</param>
internal sealed record VerificationSample(
    string Name, ReadOnlyMemory<float> Pixels, IReadOnlyList<float> FirstLogits, float Tolerance = VerificationSample.DefaultTolerance)
{
    /// <summary>
    /// Published logits are rounded to four digits, and decoders of JPEG differ by a level here and there.
    /// </summary>
    public const float DefaultTolerance = 1e-3f;
}
