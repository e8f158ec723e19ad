namespace MlNetMobileViT.Conversion;

/// <summary>
/// Finds the fastest level that keeps what it must: from the fastest down, and before a level is given up, with the layers float
/// that hurt it most. Nothing here depends on measured times, so that the same pictures give the same choice.
/// </summary>
internal static class LevelSearch
{
    /// <summary>How much of top-1 may be lost.</summary>
    public const double MostTop1Lost = 0.005;

    private static readonly QuantizationLevel[] Levels =
        [QuantizationLevel.Full, QuantizationLevel.Pointwise, QuantizationLevel.Blocks, QuantizationLevel.Linear];

    private static readonly int[] GivenBack = [0, 1, 2, 4];

    /// <summary>What is tried, in this order, until something is good enough.</summary>
    /// <param name="layers">The errors of layers alone, the largest first.</param>
    public static IEnumerable<(QuantizationLevel Level, IReadOnlyList<string> FloatLayers)> Candidates(IReadOnlyList<LayerError> layers)
    {
        foreach (QuantizationLevel level in Levels)
        {
            LayerError[] held = [.. layers.Where(layer => layer.Level <= level)];
            string[] bad = held.Length == 0 ? [] :
                [.. held.Where(layer => layer.MeanDifference > 2 * held[held.Length / 2].MeanDifference).Select(static layer => layer.Layer)];
            foreach (int count in GivenBack.Where(count => count <= bad.Length))
            {
                yield return (level, bad[..count]);
            }
        }
    }

    /// <summary>Whether an 8-bit model is near enough to the float model.</summary>
    public static bool Keeps(ModelComparison comparison, double keep) =>
        comparison.SameLabel >= keep
        && !(comparison.Accuracy is { } accuracy && accuracy.FloatTop1 - accuracy.EightBitTop1 > MostTop1Lost);
}
