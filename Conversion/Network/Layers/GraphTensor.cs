namespace MlNetMobileViT.Conversion;

/// <summary>A value in the graph.</summary>
/// <param name="Name">Its name in the ONNX graph.</param>
/// <param name="Shape">
/// Its shape for one picture of the nominal input size, without the batch dimension: <c>[C, H, W]</c> for a feature map,
/// <c>[4, patches, d]</c> for tokens, <c>[C]</c> for a vector.
/// </param>
internal sealed record GraphTensor(string Name, params int[] Shape)
{
    /// <summary>
    /// For tokens, how attention sees them. Between attentions they stay rows of one matrix, <c>[4N · patches, d]</c>, which is
    /// how a linear layer is fastest.
    /// </summary>
    public SequenceShape? Sequences { get; init; }

    /// <summary>The number of elements for one picture.</summary>
    public long ElementCount => Shape.Aggregate(1L, static (product, side) => product * side);
}
