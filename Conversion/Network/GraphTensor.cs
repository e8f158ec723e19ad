namespace MlNetMobileViT.Conversion.Network;

/// <summary>A value in the graph.</summary>
/// <param name="Name">Its name in the ONNX graph.</param>
/// <param name="Shape">
/// Its shape for one picture of the nominal input size, without the batch dimension: <c>[C, H, W]</c> for a feature map,
/// <c>[pixels of a patch, patches, d]</c> for tokens (where batch and first dimension are one in the graph), <c>[C]</c> for a
/// vector.
/// </param>
internal sealed record GraphTensor(string Name, params int[] Shape)
{
    /// <summary>The number of elements for one picture.</summary>
    public long ElementCount => Shape.Aggregate(1L, static (product, side) => product * side);
}
