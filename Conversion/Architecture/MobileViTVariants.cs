using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary>The variants that have names: those of arXiv 2110.02178, table 4, and the widths of arXiv 2206.02680.</summary>
internal static class MobileViTVariants
{
    /// <summary>MobileViT-XXS: 1.3 million parameters.</summary>
    public const string Xxs = "xxs";

    /// <summary>MobileViT-XS: 2.3 million parameters.</summary>
    public const string Xs = "xs";

    /// <summary>MobileViT-S: 5.6 million parameters.</summary>
    public const string S = "s";

    /// <summary>The largest width of a MobileViTv2 that has a name.</summary>
    public const double MaxWidth = 8;

    // How finely unpublished widths are looked for: quarters, twentieths, hundredths.
    private static readonly int[] Steps = [4, 20, 100];

    private static readonly int[] Neighbours = [0, -1, 1];

    private static readonly double[] PublishedWidths = [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0];

    /// <summary>The names of the published variants: those of MobileViT and then those of MobileViTv2, smallest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Xxs, Xs, S, .. PublishedWidths.Select(NameOf)];

    /// <summary>The names of a family's published variants.</summary>
    public static IEnumerable<string> NamesOf(MobileViTFamily family) => Names.Where(name => FamilyOf(name) == family);

    /// <summary>Whether there is a variant of a name: a published one, or MobileViTv2 of another width.</summary>
    public static bool Exists(string name) => Names.Contains(name) || TryParseWidth(name) is not null;

    /// <summary>Whether an architecture is one of those whose weights are published: all of its classes are ImageNet-1k's, too.</summary>
    public static bool IsPublished(MobileViTArchitecture architecture) => Names.Any(name => Get(name) == architecture);

    /// <summary>Whether a variant is none that has a name of its own.</summary>
    public static bool IsCustom(string variant) => MobileViTFamily.All.Any(family => family.Custom == variant);

    /// <summary>The name of MobileViTv2 of a width: <c>v2-1.0</c>, <c>v2-0.75</c>.</summary>
    public static string NameOf(double width) =>
        MobileViTFamily.V2.VariantPrefix + width.ToString("0.0###", CultureInfo.InvariantCulture);

    /// <summary>The name of an architecture, whatever its number of classes; the family's <see cref="MobileViTFamily.Custom"/> if it has none.</summary>
    public static string NameOf(MobileViTArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return Names.FirstOrDefault(name => IsOf(name, architecture))
            ?? WidthsOf(architecture).Select(NameOf).FirstOrDefault(name => IsOf(name, architecture))
            ?? architecture.Family.Custom;
    }

    /// <summary>Gets the architecture of a variant: a published one, or <c>v2-</c> and a width.</summary>
    /// <exception cref="ArgumentException">There is no variant of this name.</exception>
    public static MobileViTArchitecture Get(string name) => name switch
    {
        Xxs => V1(expandRatio: 2, channels: [16, 24, 48, 64, 80], dimensions: [64, 80, 96], features: 320),
        Xs => V1(expandRatio: 4, channels: [32, 48, 64, 80, 96], dimensions: [96, 120, 144], features: 384),
        S => V1(expandRatio: 4, channels: [32, 64, 96, 128, 160], dimensions: [144, 192, 240], features: 640),
        _ => TryParseWidth(name) is { } width
            ? V2(width)
            : throw new ArgumentException(
                $"There is no variant '{name}'; the variants are {string.Join(", ", Names)}, and MobileViTv2 of other widths in the same "
                + $"form ({MobileViTFamily.V2.VariantPrefix}0.6).",
                nameof(name)),
    };

    /// <summary>
    /// MobileViTv2 of any width (CVNets' <c>config/mobilevit_v2.py</c>). Depths and strides are the same for all of them.
    /// </summary>
    /// <param name="width">What the channels of the stages are multiplied by.</param>
    public static MobileViTArchitecture V2(double width)
    {
        const int ExpandRatio = 2;
        int[] channels =
        [
            Divisible(64 * width, 16), Divisible(128 * width, 8), Divisible(256 * width, 8), Divisible(384 * width, 8), Divisible(512 * width, 8),
        ];
        return new MobileViTArchitecture
        {
            Backbone = new Backbone(Divisible(Math.Clamp(32 * width, 16, 64), 8, least: 16),
            [
                [.. InvertedResidual.Sequence(count: 1, channels[0], stride: 1, ExpandRatio)],
                [.. InvertedResidual.Sequence(count: 2, channels[1], stride: 2, ExpandRatio)],
                Stage(channels[2], Divisible(128 * width, 8), layers: 2),
                Stage(channels[3], Divisible(192 * width, 8), layers: 4),
                Stage(channels[4], Divisible(256 * width, 8), layers: 3),
            ]),
            Head = new LinearClassification(),
        };

        static int Divisible(double value, int divisor, int? least = null) => InvertedResidual.MakeDivisible(value, divisor, least);

        static BlockSpec[] Stage(int channels, int dimension, int layers) =>
        [
            new InvertedResidual(channels, Stride: 2, ExpandRatio),
            new MobileViTv2(channels, dimension, layers, FeedForward: 2 * dimension / 16 * 16),
        ];
    }

    private static MobileViTFamily FamilyOf(string variant) =>
        variant.StartsWith(MobileViTFamily.V2.VariantPrefix, StringComparison.Ordinal) ? MobileViTFamily.V2 : MobileViTFamily.V1;

    private static bool IsOf(string name, MobileViTArchitecture architecture) =>
        FamilyOf(name) == architecture.Family && Get(name).WithClasses(architecture.Classes) == architecture;

    private static double? TryParseWidth(string name) =>
        FamilyOf(name) == MobileViTFamily.V2
        && double.TryParse(
            name.AsSpan(MobileViTFamily.V2.VariantPrefix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double width)
        && width is > 0 and <= MaxWidth
        && NameOf(width) == name
            ? width
            : null;

    /// <summary>The widths that may have made an architecture, the roundest first: several make the same.</summary>
    private static IEnumerable<double> WidthsOf(MobileViTArchitecture architecture)
    {
        double width = architecture.Backbone.Stages[^1][^1].Channels / 512.0;
        return architecture.Family == MobileViTFamily.V2 && width <= MaxWidth
            ? Steps.SelectMany(steps => Neighbours.Select(step => (Math.Round(width * steps) + step) / steps))
                .Where(static width => width is > 0 and <= MaxWidth)
            : [];
    }

    /// <summary>Depths and strides are the same for all of them.</summary>
    private static MobileViTArchitecture V1(int expandRatio, int[] channels, int[] dimensions, int features)
    {
        return new MobileViTArchitecture
        {
            Backbone = new Backbone(StemChannels: 16,
            [
                [.. InvertedResidual.Sequence(count: 1, channels[0], stride: 1, expandRatio)],
                [.. InvertedResidual.Sequence(count: 3, channels[1], stride: 2, expandRatio)],
                Stage(channels[2], dimensions[0], layers: 2),
                Stage(channels[3], dimensions[1], layers: 4),
                Stage(channels[4], dimensions[2], layers: 3),
            ]),
            Head = new Classification(features),
        };

        BlockSpec[] Stage(int width, int dimension, int layers) =>
        [
            new InvertedResidual(width, Stride: 2, expandRatio),
            new MobileViT(width, new TransformerSpec(dimension, layers, FeedForward: 2 * dimension)),
        ];
    }
}
