namespace MlNetMobileViT;

/// <summary>What of a model is computed in 8 bits, and how that was found out.</summary>
public sealed record ModelQuantization
{
    /// <summary>The level: <c>linear</c>, <c>blocks</c>, <c>pointwise</c> or <c>full</c>.</summary>
    public required string Level { get; init; }

    /// <summary>The layers of the level that stayed float.</summary>
    public IReadOnlyList<string> FloatLayers { get; init; } = [];

    /// <summary>Whether weights keep within 7 bits.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>The <see cref="ModelMetadata.WeightsSha256"/> of the float model.</summary>
    public required string FloatWeightsSha256 { get; init; }

    /// <summary>The pictures that the ranges of activations come from; 0 for none.</summary>
    public int CalibrationImages { get; init; }

    /// <summary>The SHA-256 over the SHA-256 of each of those pictures in their order, in lower-case hexadecimal; null for none.</summary>
    public string? CalibrationSha256 { get; init; }

    /// <summary>The held-out pictures that it was compared with the float model on; 0 for none.</summary>
    public int ComparedImages { get; init; }

    /// <summary>The share of them with the same first label, from 0 to 1; null for none.</summary>
    public double? SameLabel { get; init; }

    /// <summary>The mean over them of |Δ probability| of the float model's first label; null for none.</summary>
    public double? MeanDifference { get; init; }
}
