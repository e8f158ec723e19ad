using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// A MobileViT network as data: arXiv 2110.02178, table 4, in the terms of Apple's CVNets
/// (<c>cvnets/models/classification/config/mobilevit.py</c>).
/// </summary>
internal sealed record MobileViTArchitecture
{
    /// <summary>The side of a patch in pixels. Every published model has 2.</summary>
    public const int PatchSize = 2;

    /// <summary>The ε of batch norms and layer norms, PyTorch's default.</summary>
    public const float NormEpsilon = 1e-5f;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Stem and stages.</summary>
    public required Backbone Backbone { get; init; }

    /// <summary>What stands behind them.</summary>
    public required HeadSpec Head { get; init; }

    /// <summary>The number of classes.</summary>
    [JsonIgnore]
    public int Classes => Head.Classes;

    /// <summary>The generation of the network, which its blocks show.</summary>
    [JsonIgnore]
    public MobileViTFamily Family =>
        Backbone.Blocks.Any(static block => block is MobileViTv2) || Head is LinearClassification ? MobileViTFamily.V2 : MobileViTFamily.V1;

    /// <summary>The transformers of all blocks that have attention heads.</summary>
    internal IEnumerable<TransformerSpec> Transformers => Backbone.Blocks.OfType<MobileViT>().Select(static block => block.Transformer);

    /// <summary>The same network for another number of classes.</summary>
    public MobileViTArchitecture WithClasses(int classes) => this with { Head = Head with { Classes = classes } };

    /// <summary>The same network with another number of attention heads in every transformer.</summary>
    public MobileViTArchitecture WithHeads(int heads)
    {
        return this with { Backbone = Backbone with { Stages = [.. Backbone.Stages.Select(stage => stage.Select(Changed).ToArray())] } };

        BlockSpec Changed(BlockSpec block) =>
            block is MobileViT mobileViT ? mobileViT with { Transformer = mobileViT.Transformer with { Heads = heads } } : block;
    }

    /// <summary>The architecture as JSON, the form in which a model's metadata carries it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote, and the form that files of metadata format 1 have.</summary>
    /// <exception cref="FormatException">The text is not JSON of this form, or its values are out of range.</exception>
    public static MobileViTArchitecture FromJson(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            bool isFormer = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(FormerArchitecture.Mark, out _);
            var architecture = (isFormer
                ? root.Deserialize<FormerArchitecture>(JsonOptions)?.Upgrade()
                : root.Deserialize<MobileViTArchitecture>(JsonOptions)) ?? throw new FormatException("The architecture is empty.");
            architecture.Validate();
            return architecture;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"The architecture is not valid: {exception.Message}", exception);
        }
    }

    /// <summary>Checks that the values fit together.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        (Backbone ?? throw new ArgumentException($"The architecture's {nameof(Backbone)} is null.")).Validate();
        (Head ?? throw new ArgumentException($"The architecture's {nameof(Head)} is null.")).Validate();
        bool isV2 = Head is LinearClassification;
        if (Backbone.Blocks.Any(block => isV2 ? block is MobileViT : block is MobileViTv2))
        {
            throw new ArgumentException("The architecture has blocks of MobileViT and a part of MobileViTv2; all must be of one of them.");
        }
    }
}
