namespace MlNetMobileViT.Conversion.Verification;

/// <summary>What <see cref="ModelVerifier"/> found out about a model file.</summary>
/// <param name="Metadata">What the file says about itself.</param>
/// <param name="Checks">The checks, in the order in which they ran.</param>
public sealed record VerificationReport(ModelMetadata Metadata, IReadOnlyList<VerificationCheck> Checks)
{
    /// <summary>Whether every check passed.</summary>
    public bool Passed => Checks.All(static check => check.Passed);
}
