namespace MlNetMobileViT.Conversion;

/// <summary>One thing that was checked about a model file.</summary>
/// <param name="Name">What was checked, in a word or two.</param>
/// <param name="Passed">Whether it is as it should be.</param>
/// <param name="Detail">What was found; where the check failed, what was expected too.</param>
public sealed record VerificationCheck(string Name, bool Passed, string Detail);
