namespace MlNetMobileViT.Conversion;

/// <summary>The transformer inside a MobileViT block.</summary>
/// <param name="Dimension">The width of a token, d in the paper.</param>
/// <param name="Layers">The number of transformer layers, L in the paper.</param>
/// <param name="FeedForward">The width of the hidden layer of the feed-forward network; 2d in the published models.</param>
public sealed record TransformerSpec(int Dimension, int Layers, int FeedForward);
