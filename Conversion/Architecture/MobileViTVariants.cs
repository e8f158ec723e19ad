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
            Backbone = new Backbone(StemChannels: 16,
            [
                Mv2Stage(blocks: 1, channels: 16, stride: 1, expandRatio: 2),
                Mv2Stage(blocks: 3, channels: 24, stride: 2, expandRatio: 2),
                MobileViTStage(channels: 48, expandRatio: 2, dimension: 64, layers: 2),
                MobileViTStage(channels: 64, expandRatio: 2, dimension: 80, layers: 4),
                MobileViTStage(channels: 80, expandRatio: 2, dimension: 96, layers: 3),
            ]),
            Head = new Classification(FeatureChannels: 320),
        },
        Xs => new MobileViTArchitecture
        {
            Backbone = new Backbone(StemChannels: 16,
            [
                Mv2Stage(blocks: 1, channels: 32, stride: 1, expandRatio: 4),
                Mv2Stage(blocks: 3, channels: 48, stride: 2, expandRatio: 4),
                MobileViTStage(channels: 64, expandRatio: 4, dimension: 96, layers: 2),
                MobileViTStage(channels: 80, expandRatio: 4, dimension: 120, layers: 4),
                MobileViTStage(channels: 96, expandRatio: 4, dimension: 144, layers: 3),
            ]),
            Head = new Classification(FeatureChannels: 384),
        },
        S => new MobileViTArchitecture
        {
            Backbone = new Backbone(StemChannels: 16,
            [
                Mv2Stage(blocks: 1, channels: 32, stride: 1, expandRatio: 4),
                Mv2Stage(blocks: 3, channels: 64, stride: 2, expandRatio: 4),
                MobileViTStage(channels: 96, expandRatio: 4, dimension: 144, layers: 2),
                MobileViTStage(channels: 128, expandRatio: 4, dimension: 192, layers: 4),
                MobileViTStage(channels: 160, expandRatio: 4, dimension: 240, layers: 3),
            ]),
            Head = new Classification(FeatureChannels: 640),
        },
        _ => throw new ArgumentException($"There is no variant '{name}'; the variants are {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>The name of an architecture, whatever its number of classes: a published one, or <see cref="Custom"/>.</summary>
    public static string NameOf(MobileViTArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return Names.FirstOrDefault(name => Get(name).WithClasses(architecture.Classes) == architecture) ?? Custom;
    }

    private static BlockSpec[] Mv2Stage(int blocks, int channels, int stride, int expandRatio) =>
        [.. InvertedResidual.Sequence(blocks, channels, stride, expandRatio)];

    private static BlockSpec[] MobileViTStage(int channels, int expandRatio, int dimension, int layers) =>
    [
        new InvertedResidual(channels, Stride: 2, expandRatio),
        new MobileViT(channels, new TransformerSpec(dimension, layers, FeedForward: 2 * dimension)),
    ];
}
