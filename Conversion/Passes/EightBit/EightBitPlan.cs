namespace MlNetMobileViT.Conversion;

/// <summary>The values that a tensor takes; quantized ranges hold 0 always.</summary>
/// <param name="Min">The lowest.</param>
/// <param name="Max">The highest.</param>
internal readonly record struct ValueRange(float Min, float Max);

/// <summary>A layer that can be computed in 8 bits.</summary>
/// <param name="Name">Its name, such as <c>layer_3.1.conv_proj</c>.</param>
/// <param name="Level">The first level that has it.</param>
/// <param name="Nodes">The names of its convolutions or products: several where they share their input.</param>
internal sealed record EightBitLayer(string Name, QuantizationLevel Level, IReadOnlyList<string> Nodes);

/// <summary>Which layers are computed in 8 bits, and how.</summary>
/// <param name="Nodes">The names of their nodes.</param>
/// <param name="Ranges">
/// The ranges of values by name, all that <see cref="EightBitLayers.Observed"/> lists; null for none, where linear layers find the
/// range of their input each time.
/// </param>
/// <param name="ReduceRange">Whether weights keep within 7 bits.</param>
internal sealed record EightBitPlan(
    IReadOnlySet<string> Nodes, IReadOnlyDictionary<string, ValueRange>? Ranges, bool ReduceRange = false);
