using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// A MobileViT (v1) network as data: arXiv 2110.02178, table 4, in the terms of Apple's CVNets
/// (<c>cvnets/models/classification/config/mobilevit.py</c>).
/// </summary>
public sealed record MobileViTArchitecture
{
    /// <summary>The side of a patch in pixels. Every published model has 2.</summary>
    public const int PatchSize = 2;

    /// <summary>The ε of batch norms and layer norms, PyTorch's default.</summary>
    public const float NormEpsilon = 1e-5f;

    /// <summary>The most attention heads that are accepted.</summary>
    internal const int MaxHeads = 256;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The channels that leave the 3×3 stride-2 stem.</summary>
    public required int StemChannels { get; init; }

    /// <summary>By how much an inverted residual block widens its input.</summary>
    public required int ExpandRatio { get; init; }

    /// <summary>The stages <c>layer_1</c> to <c>layer_5</c>.</summary>
    public required IReadOnlyList<StageSpec> Stages { get; init; }

    /// <summary>The channels of the last 1×1 convolution, which are the length of the feature vector.</summary>
    public required int FeatureChannels { get; init; }

    /// <summary>The attention heads of every transformer layer.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>The number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The number of trainable parameters: convolutions, linear layers and norms, without running statistics.</summary>
    [JsonIgnore]
    public long ParameterCount => Tensors().Where(static spec => spec.Kind == TensorKind.Parameter).Sum(static spec => spec.ElementCount);

    /// <summary>Every tensor of the official state dict: canonical (CVNets) name, shape and kind, in the official order.</summary>
    public IEnumerable<TensorSpec> Tensors() => new MobileViTNetwork(this).Tensors;

    /// <summary>The architecture as JSON, the form in which a model's metadata carries it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not JSON of this form, or its values are out of range.</exception>
    public static MobileViTArchitecture FromJson(string json)
    {
        try
        {
            var architecture = JsonSerializer.Deserialize<MobileViTArchitecture>(json, JsonOptions)
                ?? throw new FormatException("The architecture is empty.");
            architecture.Validate();
            return architecture;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new FormatException($"The architecture is not valid: {exception.Message}", exception);
        }
    }

    /// <summary>Checks that the values fit together.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        const int MostChannels = 1 << 14;
        Require(StemChannels, MostChannels, nameof(StemChannels));
        Require(ExpandRatio, 16, nameof(ExpandRatio));
        Require(FeatureChannels, 1 << 16, nameof(FeatureChannels));
        Require(Heads, MaxHeads, nameof(Heads));
        Require(Classes, 1 << 20, nameof(Classes));
        if (Stages is not { Count: 5 })
        {
            throw new ArgumentException($"A MobileViT has 5 stages; this one has {Stages?.Count ?? 0}.");
        }

        for (int i = 0; i < Stages.Count; i++)
        {
            string name = $"Stage layer_{i + 1}: ";
            StageSpec stage = Stages[i] ?? throw new ArgumentException($"{name}it is null.");
            Require(stage.Channels, MostChannels, name + nameof(stage.Channels));
            Require(stage.Stride, 2, name + nameof(stage.Stride));
            Require(stage.InvertedResiduals, 64, name + nameof(stage.InvertedResiduals));
            if (stage.Transformer is { } transformer)
            {
                Require(transformer.Dimension, MostChannels, name + nameof(transformer.Dimension));
                Require(transformer.Layers, 64, name + nameof(transformer.Layers));
                Require(transformer.FeedForward, MostChannels, name + nameof(transformer.FeedForward));
                if (transformer.Dimension % Heads != 0)
                {
                    throw new ArgumentException(
                        $"{name}the transformer's dimension {transformer.Dimension} is not divisible by its {Heads} heads.");
                }
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(MobileViTArchitecture? other) =>
        other is not null
        && StemChannels == other.StemChannels
        && ExpandRatio == other.ExpandRatio
        && Stages.SequenceEqual(other.Stages)
        && FeatureChannels == other.FeatureChannels
        && Heads == other.Heads
        && Classes == other.Classes;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StemChannels, ExpandRatio, FeatureChannels, Heads, Classes);

    private static void Require(int value, int most, string name)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentException($"{name} is {value}; it must be between 1 and {most}.");
        }
    }
}
