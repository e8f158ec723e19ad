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

/// <summary>How tokens stand as sequences, <c>[4N, patches, d]</c>.</summary>
/// <param name="Name">The name of that shape in the graph.</param>
/// <param name="IsSquare">
/// The name of a boolean scalar: whether there are as many patches as channels. Null where that is known beforehand.
/// </param>
internal sealed record SequenceShape(string Name, string? IsSquare = null)
{
    /// <summary>The name of the shape <c>[N, 4 · patches, d]</c>; null where nothing needs it.</summary>
    public string? Pictures { get; init; }
}

/// <summary>What <see cref="NetworkGraph.Fold"/> has to know to undo an unfold.</summary>
/// <param name="Map">The feature map before it was unfolded, and before it was resized to whole patches.</param>
/// <param name="IsResized">Whether the patches do not divide the map, so that it was resized up.</param>
internal sealed record PatchGrid(GraphTensor Map, bool IsResized)
{
    /// <summary>
    /// The name of the shape <c>[N, 4d, rows, columns]</c>, where sizes are known only when the graph runs; null where they
    /// are static.
    /// </summary>
    public string? PatchesShape { get; init; }

    /// <summary>The number of patches from top to bottom, for the nominal input size.</summary>
    public int Rows => Count(Map.Shape[1]);

    /// <summary>The number of patches from left to right, for the nominal input size.</summary>
    public int Columns => Count(Map.Shape[2]);

    private static int Count(int side) => (side + MobileViTArchitecture.PatchSize - 1) / MobileViTArchitecture.PatchSize;
}
