namespace MlNetMobileViT.Conversion;

/// <summary>What <see cref="ModelVerifier"/> found out about a model file.</summary>
/// <param name="Metadata">What the file says about itself.</param>
/// <param name="Checks">The checks, in the order in which they ran.</param>
internal sealed record VerificationReport(ModelMetadata Metadata, IReadOnlyList<VerificationCheck> Checks)
{
    /// <summary>
    /// The outputs that hold NaN or infinity for an ordinary picture; a model that has any cannot be used. Empty also where the
    /// model could not be run.
    /// </summary>
    public IReadOnlyList<string> OutputsWithoutNumbers { get; init; } = [];

    /// <summary>Whether every check passed.</summary>
    public bool Passed => Checks.All(static check => check.Passed);
}

/// <summary>One thing that was checked about a model file.</summary>
/// <param name="Name">What was checked, in a word or two.</param>
/// <param name="Passed">Whether it is as it should be.</param>
/// <param name="Detail">What was found; where the check failed, what was expected too.</param>
internal sealed record VerificationCheck(string Name, bool Passed, string Detail);
