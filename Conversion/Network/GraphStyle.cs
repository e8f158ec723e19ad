namespace MlNetMobileViT.Conversion;

/// <summary>Which shapes a graph is written for and which operators it may use.</summary>
/// <param name="Height">The height of the input in pixels; the nominal one where the size is dynamic.</param>
/// <param name="Width">The width of the input in pixels; the nominal one where the size is dynamic.</param>
/// <param name="Batch">A fixed batch size, or null for a dynamic one.</param>
/// <param name="DynamicSize">Whether the graph takes pictures of any size that is a multiple of 32.</param>
/// <param name="Portable">Whether to use operators of the ONNX standard only, each layer as one of them where there is one.</param>
/// <param name="Precision">How the weights are stored.</param>
/// <param name="CvnetsLayerNorm">Whether layer norms follow CVNets where they differ from the paper; see the layer norm.</param>
internal sealed record GraphStyle(
    int Height,
    int Width,
    int? Batch = null,
    bool DynamicSize = false,
    bool Portable = false,
    WeightPrecision Precision = WeightPrecision.Float32,
    bool CvnetsLayerNorm = true);
