namespace MlNetMobileViT.Conversion.Network;

/// <summary>What <see cref="NetworkGraph.Fold"/> has to know to undo an unfold.</summary>
/// <param name="Map">The feature map before it was unfolded, and before it was resized to whole patches.</param>
/// <param name="IsResized">Whether the patches do not divide the map, so that it was resized up.</param>
/// <param name="Patches">The map as one channel per channel and pixel of a patch; null where the shapes are static.</param>
internal sealed record PatchGrid(GraphTensor Map, bool IsResized, string? Patches)
{
    /// <summary>The number of patches from top to bottom, for the nominal input size.</summary>
    public int Rows => (Map.Shape[1] + 1) / Architecture.MobileViTArchitecture.PatchSize;

    /// <summary>The number of patches from left to right, for the nominal input size.</summary>
    public int Columns => (Map.Shape[2] + 1) / Architecture.MobileViTArchitecture.PatchSize;
}
