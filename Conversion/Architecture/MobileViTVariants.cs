namespace MlNetMobileViT.Conversion;

/// <summary>The published variants: arXiv 2110.02178, table 4.</summary>
public static class MobileViTVariants
{
    /// <summary>MobileViT-XXS: 1.3 million parameters.</summary>
    public const string Xxs = "xxs";

    /// <summary>MobileViT-XS: 2.3 million parameters.</summary>
    public const string Xs = "xs";

    /// <summary>MobileViT-S: 5.6 million parameters.</summary>
    public const string S = "s";

    /// <summary>What an architecture is called that is none of the published ones.</summary>
    public const string Custom = "custom";

    /// <summary>The names of the published variants, smallest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Xxs, Xs, S];

    /// <summary>Gets the architecture of a published variant.</summary>
    /// <exception cref="ArgumentException">The name is not one of <see cref="Names"/>.</exception>
    public static MobileViTArchitecture Get(string name) => name switch
    {
        Xxs => new MobileViTArchitecture
        {
            StemChannels = 16,
            ExpandRatio = 2,
            Stages =
            [
                new(Channels: 16, Stride: 1, InvertedResiduals: 1),
                new(Channels: 24, Stride: 2, InvertedResiduals: 3),
                new(Channels: 48, Stride: 2, InvertedResiduals: 1, new(Dimension: 64, Layers: 2, FeedForward: 128)),
                new(Channels: 64, Stride: 2, InvertedResiduals: 1, new(Dimension: 80, Layers: 4, FeedForward: 160)),
                new(Channels: 80, Stride: 2, InvertedResiduals: 1, new(Dimension: 96, Layers: 3, FeedForward: 192)),
            ],
            FeatureChannels = 320,
        },
        Xs => new MobileViTArchitecture
        {
            StemChannels = 16,
            ExpandRatio = 4,
            Stages =
            [
                new(Channels: 32, Stride: 1, InvertedResiduals: 1),
                new(Channels: 48, Stride: 2, InvertedResiduals: 3),
                new(Channels: 64, Stride: 2, InvertedResiduals: 1, new(Dimension: 96, Layers: 2, FeedForward: 192)),
                new(Channels: 80, Stride: 2, InvertedResiduals: 1, new(Dimension: 120, Layers: 4, FeedForward: 240)),
                new(Channels: 96, Stride: 2, InvertedResiduals: 1, new(Dimension: 144, Layers: 3, FeedForward: 288)),
            ],
            FeatureChannels = 384,
        },
        S => new MobileViTArchitecture
        {
            StemChannels = 16,
            ExpandRatio = 4,
            Stages =
            [
                new(Channels: 32, Stride: 1, InvertedResiduals: 1),
                new(Channels: 64, Stride: 2, InvertedResiduals: 3),
                new(Channels: 96, Stride: 2, InvertedResiduals: 1, new(Dimension: 144, Layers: 2, FeedForward: 288)),
                new(Channels: 128, Stride: 2, InvertedResiduals: 1, new(Dimension: 192, Layers: 4, FeedForward: 384)),
                new(Channels: 160, Stride: 2, InvertedResiduals: 1, new(Dimension: 240, Layers: 3, FeedForward: 480)),
            ],
            FeatureChannels = 640,
        },
        _ => throw new ArgumentException($"There is no variant '{name}'; the variants are {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>The name of an architecture, whatever its number of classes: a published one, or <see cref="Custom"/>.</summary>
    public static string NameOf(MobileViTArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return Names.FirstOrDefault(name => Get(name) with { Classes = architecture.Classes } == architecture) ?? Custom;
    }
}
