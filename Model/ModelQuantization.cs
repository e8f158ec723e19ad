using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT;

/// <summary>What of a model is computed in 8 bits, and how that was found out.</summary>
public sealed record ModelQuantization
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

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

    /// <summary>Reads what <see cref="ToJson"/> wrote, and passes over what later versions may add.</summary>
    /// <exception cref="FormatException">The text is not JSON of this form, or its values are out of range.</exception>
    internal static ModelQuantization FromJson(string json)
    {
        try
        {
            ModelQuantization value = JsonSerializer.Deserialize<ModelQuantization>(json, JsonOptions)
                ?? throw new FormatException("It is empty.");
            return value.FloatLayers.Contains(null!)
                || value.CalibrationImages < 0
                || value.ComparedImages < 0
                || value.SameLabel is not (null or (>= 0 and <= 1))
                || value.MeanDifference is not (null or (>= 0 and <= 1))
                    ? throw new FormatException("A value is out of range.")
                    : value;
        }
        catch (JsonException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>This as one line of JSON, the form in which a model's metadata carries it.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <inheritdoc/>
    public bool Equals(ModelQuantization? other) =>
        other is not null
        && Level == other.Level
        && FloatLayers.SequenceEqual(other.FloatLayers)
        && ReduceRange == other.ReduceRange
        && FloatWeightsSha256 == other.FloatWeightsSha256
        && CalibrationImages == other.CalibrationImages
        && CalibrationSha256 == other.CalibrationSha256
        && ComparedImages == other.ComparedImages
        && SameLabel == other.SameLabel
        && MeanDifference == other.MeanDifference;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Level, FloatWeightsSha256, CalibrationSha256, ComparedImages);
}
