namespace MlNetMobileViT.Conversion;

/// <summary>What a quantization did, and what it costs.</summary>
public sealed record QuantizationReport
{
    /// <summary>The file that was written.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>The size of the float model in bytes.</summary>
    public required long FloatBytes { get; init; }

    /// <summary>What the file says about itself.</summary>
    public required ModelMetadata Metadata { get; init; }

    /// <summary>The levels that were tried, in this order; the last is the one in the file.</summary>
    public required IReadOnlyList<QuantizationAttempt> Attempts { get; init; }

    /// <summary>The layers that were tried alone, the one with the largest error first; empty without pictures.</summary>
    public required IReadOnlyList<LayerError> Layers { get; init; }

    /// <summary>The pictures that could not be read, and why; they were left out.</summary>
    public required IReadOnlyList<(string Path, string Reason)> Unreadable { get; init; }

    /// <summary>What somebody should know before relying on the file; often empty.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>A level that was tried.</summary>
/// <param name="Level">The level.</param>
/// <param name="FloatLayers">The layers of it that stayed float after all; most often none.</param>
/// <param name="Bytes">The size of the file in bytes.</param>
/// <param name="Speed">How many times as fast as the float model it ran here: one thread, one picture, median.</param>
/// <param name="Comparison">What the held-out pictures showed; null without pictures.</param>
public sealed record QuantizationAttempt(
    QuantizationLevel Level, IReadOnlyList<string> FloatLayers, long Bytes, double Speed, ModelComparison? Comparison);

/// <summary>What one layer in 8 bits, alone, does to the result.</summary>
/// <param name="Layer">The layer's name, such as <c>layer_3.1.conv_proj</c>.</param>
/// <param name="Level">The first level that has it in 8 bits.</param>
/// <param name="MeanDifference">The mean over pictures of |Δ probability| of the float model's first label, from 0 to 1.</param>
public sealed record LayerError(string Layer, QuantizationLevel Level, double MeanDifference);
