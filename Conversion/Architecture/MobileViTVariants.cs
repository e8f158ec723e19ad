namespace MlNetMobileViT.Conversion;

/// <summary>The published variants: arXiv 2110.02178, table 4.</summary>
internal static class MobileViTVariants
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
        Xxs => Published(expandRatio: 2, channels: [16, 24, 48, 64, 80], dimensions: [64, 80, 96], features: 320),
        Xs => Published(expandRatio: 4, channels: [32, 48, 64, 80, 96], dimensions: [96, 120, 144], features: 384),
        S => Published(expandRatio: 4, channels: [32, 64, 96, 128, 160], dimensions: [144, 192, 240], features: 640),
        _ => throw new ArgumentException($"There is no variant '{name}'; the variants are {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>The name of an architecture, whatever its number of classes: a published one, or <see cref="Custom"/>.</summary>
    public static string NameOf(MobileViTArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return Names.FirstOrDefault(name => Get(name).WithClasses(architecture.Classes) == architecture) ?? Custom;
    }

    /// <summary>Depths and strides are the same for all of them.</summary>
    private static MobileViTArchitecture Published(int expandRatio, int[] channels, int[] dimensions, int features)
    {
        return new MobileViTArchitecture
        {
            Backbone = new Backbone(StemChannels: 16,
            [
                [.. InvertedResidual.Sequence(count: 1, channels[0], stride: 1, expandRatio)],
                [.. InvertedResidual.Sequence(count: 3, channels[1], stride: 2, expandRatio)],
                MobileViTStage(channels[2], dimensions[0], layers: 2),
                MobileViTStage(channels[3], dimensions[1], layers: 4),
                MobileViTStage(channels[4], dimensions[2], layers: 3),
            ]),
            Head = new Classification(features),
        };

        BlockSpec[] MobileViTStage(int width, int dimension, int layers) =>
        [
            new InvertedResidual(width, Stride: 2, expandRatio),
            new MobileViT(width, new TransformerSpec(dimension, layers, FeedForward: 2 * dimension)),
        ];
    }
}
