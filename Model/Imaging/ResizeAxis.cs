namespace MlNetMobileViT;

/// <summary>One axis of a resize of which only some outputs are kept.</summary>
/// <param name="Input">The number of pixels before the resize.</param>
/// <param name="Output">The number of pixels after the resize, all of them; far beyond 2³¹ for a very long image.</param>
/// <param name="Offset">The first output that is kept.</param>
/// <param name="Count">How many outputs are kept.</param>
internal readonly record struct ResizeAxis(int Input, long Output, long Offset, int Count);
