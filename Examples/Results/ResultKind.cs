namespace MlNetMobileViT.Examples;

/// <summary>What the rows of a result hold.</summary>
internal enum ResultKind
{
    /// <summary>The most likely classes and their probabilities.</summary>
    Classes,

    /// <summary>A vector of numbers.</summary>
    Features,
}
