using System.Text.Json.Serialization;

namespace MlNetMobileViT.Conversion;

/// <summary>A block of a stage as data. Every kind of block is one record here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(InvertedResidual), "inverted_residual")]
[JsonDerivedType(typeof(MobileViT), "mobilevit")]
[JsonDerivedType(typeof(MobileViTv2), "mobilevit_v2")]
internal abstract record BlockSpec
{
    internal const int MostChannels = 1 << 14;

    private protected BlockSpec(int channels) => Channels = channels;

    /// <summary>The channels that leave the block.</summary>
    [JsonPropertyOrder(-1)]
    public int Channels { get; init; }

    /// <summary>The activation of all layers of the block that have one. Default: SiLU.</summary>
    [JsonPropertyOrder(1)]
    public Activation Activation { get; init; }

    /// <summary>Checks that the values fit together.</summary>
    /// <param name="name">What begins the message: the name of the stage.</param>
    /// <param name="inChannels">The channels that enter the block.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal virtual void Validate(string name, int inChannels)
    {
        Require(Channels, MostChannels, name + nameof(Channels));
        if (!Enum.IsDefined(Activation))
        {
            throw new ArgumentException($"{name}there is no activation {Activation}.");
        }
    }

    internal static void Require(int value, int most, string name)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentException($"{name} is {value}; it must be between 1 and {most}.");
        }
    }
}

/// <summary>What follows a convolution or the first half of a feed-forward network.</summary>
internal enum Activation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>An inverted residual block, "MV2" in the paper.</summary>
/// <param name="Channels">The channels that leave the block.</param>
/// <param name="Stride">The stride of the depthwise convolution: 1 or 2.</param>
/// <param name="ExpandRatio">By how much the block widens its input.</param>
/// <param name="Dilation">The dilation of the depthwise convolution.</param>
internal sealed record InvertedResidual(int Channels, int Stride, int ExpandRatio, int Dilation = 1) : BlockSpec(Channels)
{
    /// <summary>Blocks of the same width in a row, the first of which carries the stride.</summary>
    public static IEnumerable<InvertedResidual> Sequence(int count, int channels, int stride, int expandRatio) =>
        Enumerable.Range(0, count).Select(index => new InvertedResidual(channels, index == 0 ? stride : 1, expandRatio));

    /// <summary>
    /// The nearest multiple, but never less than 90 % of the value: CVNets' <c>make_divisible</c>, which MobileNet has from TensorFlow's
    /// models.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="divisor">What the result is a multiple of.</param>
    /// <param name="least">The least result; null for the divisor.</param>
    public static int MakeDivisible(double value, int divisor = 8, int? least = null)
    {
        int rounded = Math.Max(least ?? divisor, (int)(value + (divisor / 2.0)) / divisor * divisor);
        return rounded < 0.9 * value ? rounded + divisor : rounded;
    }

    /// <summary>The channels between expansion and reduction.</summary>
    public int HiddenChannels(int inChannels) => MakeDivisible(inChannels * ExpandRatio);

    internal override void Validate(string name, int inChannels)
    {
        base.Validate(name, inChannels);
        Require(Stride, 2, name + nameof(Stride));
        Require(ExpandRatio, 16, name + nameof(ExpandRatio));
        Require(Dilation, 64, name + nameof(Dilation));
    }
}

/// <summary>A MobileViT block.</summary>
/// <param name="Channels">The channels that leave the block, as many as enter it.</param>
/// <param name="Transformer">The transformer over its patches.</param>
internal sealed record MobileViT(int Channels, TransformerSpec Transformer) : BlockSpec(Channels)
{
    internal override void Validate(string name, int inChannels)
    {
        base.Validate(name, inChannels);
        if (Channels != inChannels)
        {
            throw new ArgumentException($"{name}a MobileViT block of {Channels} channels follows {inChannels} channels; they must be as many.");
        }

        if (Transformer is null)
        {
            throw new ArgumentException($"{name}the transformer of a MobileViT block is null.");
        }

        Require(Transformer.Dimension, MostChannels, name + nameof(Transformer.Dimension));
        Require(Transformer.Layers, 64, name + nameof(Transformer.Layers));
        Require(Transformer.FeedForward, MostChannels, name + nameof(Transformer.FeedForward));
        Require(Transformer.Heads, TransformerSpec.MaxHeads, name + nameof(Transformer.Heads));
        if (Transformer.Dimension % Transformer.Heads != 0)
        {
            throw new ArgumentException(
                $"{name}the transformer's dimension {Transformer.Dimension} is not divisible by its {Transformer.Heads} heads.");
        }
    }
}

/// <summary>The transformer inside a MobileViT block.</summary>
/// <param name="Dimension">The width of a token, d in the paper.</param>
/// <param name="Layers">The number of transformer layers, L in the paper.</param>
/// <param name="FeedForward">The width of the hidden layer of the feed-forward network; 2d in the published models.</param>
/// <param name="Heads">The attention heads of every layer; 4 in the published models.</param>
internal sealed record TransformerSpec(int Dimension, int Layers, int FeedForward, int Heads = TransformerSpec.DefaultHeads)
{
    internal const int DefaultHeads = 4;

    /// <summary>The most attention heads that are accepted.</summary>
    internal const int MaxHeads = 256;
}

/// <summary>A MobileViTv2 block: attention that is separable, and no fusion with its input.</summary>
/// <param name="Channels">The channels that leave the block, as many as enter it.</param>
/// <param name="Dimension">The width of a token, d in the paper.</param>
/// <param name="Layers">The number of attention layers.</param>
/// <param name="FeedForward">The width of the hidden layer of the feed-forward network; 2d in the published models.</param>
internal sealed record MobileViTv2(int Channels, int Dimension, int Layers, int FeedForward) : BlockSpec(Channels)
{
    internal override void Validate(string name, int inChannels)
    {
        base.Validate(name, inChannels);
        if (Channels != inChannels)
        {
            throw new ArgumentException($"{name}a MobileViTv2 block of {Channels} channels follows {inChannels} channels; they must be as many.");
        }

        Require(Dimension, MostChannels, name + nameof(Dimension));
        Require(Layers, 64, name + nameof(Layers));
        Require(FeedForward, MostChannels, name + nameof(FeedForward));
    }
}
