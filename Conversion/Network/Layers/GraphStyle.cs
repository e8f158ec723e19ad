namespace MlNetMobileViT.Conversion;

/// <summary>Which shapes a graph is written for, and which layer norm.</summary>
/// <param name="Height">The height of the input in pixels; the nominal one where the size is dynamic.</param>
/// <param name="Width">The width of the input in pixels; the nominal one where the size is dynamic.</param>
/// <param name="Batch">A fixed batch size, or null for a dynamic one.</param>
/// <param name="DynamicSize">Whether the graph takes pictures of any size that is a multiple of 32.</param>
/// <param name="CvnetsLayerNorm">Whether layer norms follow CVNets where they differ from the paper; see the layer norm.</param>
internal sealed record GraphStyle(int Height, int Width, int? Batch = null, bool DynamicSize = false, bool CvnetsLayerNorm = true)
{
    /// <summary>What the sides of the input must be a multiple of: the stride of the last stage.</summary>
    public const int SizeMultiple = 32;

    /// <summary>The longest side in pixels.</summary>
    public const int MaxSide = 2048;

    /// <summary>Checks a side of the input.</summary>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    public static void RequireSide(int value, string name)
    {
        if (value < SizeMultiple || value > MaxSide || value % SizeMultiple != 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"{name} is {value}; the sides of the input must be multiples of {SizeMultiple} up to {MaxSide} pixels."));
        }
    }
}
