namespace MlNetMobileViT.Conversion;

/// <summary>How tokens stand as sequences, <c>[4N, patches, d]</c>.</summary>
/// <param name="Name">The name of that shape in the graph.</param>
/// <param name="IsSquare">
/// The name of a boolean scalar: whether there are as many patches as channels. Null where that is known beforehand.
/// </param>
internal sealed record SequenceShape(string Name, string? IsSquare = null);
