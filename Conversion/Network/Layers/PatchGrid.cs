namespace MlNetMobileViT.Conversion;

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
