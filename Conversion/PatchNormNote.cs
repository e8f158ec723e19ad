namespace MlNetMobileViT.Conversion;

/// <summary>The note of a conversion about layer norms that normalise over the patches.</summary>
internal static class PatchNormNote
{
    /// <summary>Says which blocks do so at which sizes; null where none does.</summary>
    public static string? Of(IReadOnlyList<PatchNorm> norms, GraphStyle style)
    {
        string[] blocks =
        [
            .. from norm in norms
               let size = style.DynamicSize ? SizeOf(norm) : (style.Height, style.Width)
               where size is not null
               select FormattableString.Invariant($"{norm.Block} at {size.Value.Item1}×{size.Value.Item2} pixels"),
        ];
        return blocks.Length == 0 ? null
            : $"Where patches are as many as channels ({(style.DynamicSize ? "such as in " : "")}{string.Join(", ", blocks)}), layer norms "
                + "normalise over the patches, as CVNets does since version 0.2. For weights of another training choose --layer-norm channels "
                + "(ConversionOptions.LayerNorm).";
    }

    /// <summary>The size nearest to a square that has so many patches; null where there is none.</summary>
    private static (int Height, int Width)? SizeOf(PatchNorm norm)
    {
        const int Multiple = GraphStyle.SizeMultiple;
        int patch = norm.Stride * MobileViTArchitecture.PatchSize;
        int[] sides = [.. Enumerable.Range(1, GraphStyle.MaxSide / Multiple).Select(static count => count * Multiple)];
        return (from height in sides
                from width in sides
                where height <= width && Patches(height) * Patches(width) == norm.Patches
                orderby width - height
                select ((int, int)?)(height, width)).FirstOrDefault();

        // A last patch that the picture does not fill is resized up.
        int Patches(int side) => (side + patch - 1) / patch;
    }
}
