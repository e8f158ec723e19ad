using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary>Trained weights that their makers publish: one row of <see cref="All"/>.</summary>
/// <param name="Name">The name by which they are asked for.</param>
/// <param name="Address">Where the file is published.</param>
/// <param name="File">The file in the cache and in a mirror; the makers' own names stand for several files each.</param>
/// <param name="Variant">The architecture, one of <see cref="MobileViTVariants.Names"/>.</param>
/// <param name="Layout">The naming scheme of the file.</param>
/// <param name="Preset">The preprocessing that they were trained with, one of <see cref="PreprocessingPresets.Names"/>.</param>
/// <param name="Top1">The published top-1 accuracy on ImageNet-1k's validation set, in percent.</param>
internal sealed record PublishedWeights(
    string Name, Uri Address, string File, string Variant, CheckpointLayout Layout, string Preset, double Top1)
{
    /// <summary>
    /// The photograph <c>val2017/000000039769.jpg</c> of COCO, by whose logits Hugging Face checks its conversions
    /// (<c>src/transformers/models/mobilevit/convert_mlcvnets_to_pytorch.py</c> and <c>tests/models/mobilevitv2</c>, to 1e-4).
    /// </summary>
    public const string ImageName = "000000039769.jpg";

    /// <summary>
    /// The names in words, for messages and help: there are too many for a list.
    /// </summary>
    public const string NamesInWords =
        "xxs, xs, s, v2-0.5, v2-0.75 … v2-2.0 (MobileViTv2; each with -384, and from v2-1.5 on with -21k and -21k-384, too)";

    private const string Models = "https://docs-assets.developer.apple.com/ml-research/models/";

    /// <summary>
    /// All that are known. Accuracies are those of CVNets' tables of these files (of version 2,
    /// <c>docs/source/en/general/README-model-zoo.md</c>); the paper of version 1, arXiv 2110.02178, has 74.8 for XS and 78.4 for S.
    /// </summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        MobileViT(MobileViTVariants.Xxs, 69.0) with { Logits = [-1.9364f, -1.2327f, -0.4653f] },
        MobileViT(MobileViTVariants.Xs, 74.7) with { Logits = [-2.4761f, -0.9399f, -1.9587f] },
        MobileViT(MobileViTVariants.S, 78.3) with { Logits = [-0.9866f, 0.2392f, -1.1241f] },
        MobileViTv2(0.5, 70.18), At384(0.5, 72.14),
        MobileViTv2(0.75, 75.56), At384(0.75, 76.98),
        MobileViTv2(1.0, 78.09) with { Logits = [-1.6336f, -0.0732f, -0.5188f], LogitsPreset = PreprocessingPresets.HuggingFaceV2 },
        At384(1.0, 79.68),
        MobileViTv2(1.25, 79.65), At384(1.25, 80.94),
        MobileViTv2(1.5, 80.38), At384(1.5, 81.50), From21k(1.5, 81.46), From21kAt384(1.5, 82.60),
        MobileViTv2(1.75, 80.84), At384(1.75, 82.04), From21k(1.75, 81.94), From21kAt384(1.75, 82.93),
        MobileViTv2(2.0, 81.17), At384(2.0, 82.17), From21k(2.0, 82.36), From21kAt384(2.0, 83.41),
    ];

    /// <summary>The first logits of <see cref="ImageName"/>, of classes 0, 1 and 2; empty where none are published.</summary>
    public IReadOnlyList<float> Logits { get; private init; } = [];

    /// <summary>The preprocessing that <see cref="Logits"/> are of: Hugging Face's, which is not always the one of the training.</summary>
    public string LogitsPreset { get; private init; } = Preset;

    /// <summary>The weights of a name; null where there are none.</summary>
    public static PublishedWeights? Find(string name) => All.FirstOrDefault(weights => weights.Name == name);

    /// <summary>The weights of a name.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static PublishedWeights Get(string name) => Find(name) ?? throw new ArgumentException(
        $"There are no official weights named '{name}'; the names are {NamesInWords}.", nameof(name));

    private static PublishedWeights MobileViT(string variant, double top1)
    {
        string file = $"mobilevit_{variant}.pt";
        return new(
            variant,
            new Uri($"{Models}cvnets/classification/{file}"),
            file,
            variant,
            CheckpointLayout.Cvnets,
            PreprocessingPresets.Cvnets,
            top1);
    }

    /// <summary>Trained on ImageNet-1k at 256 pixels.</summary>
    private static PublishedWeights MobileViTv2(double width, double top1) =>
        MobileViTv2(width, "", "imagenet1k", "256x256", PreprocessingPresets.CvnetsV2, top1);

    /// <summary>The same, trained on at 384 pixels.</summary>
    private static PublishedWeights At384(double width, double top1) =>
        MobileViTv2(width, "-384", "imagenet1k", "384x384", PreprocessingPresets.CvnetsV2At384, top1);

    /// <summary>Trained on ImageNet-21k and then on ImageNet-1k, at 256 pixels.</summary>
    private static PublishedWeights From21k(double width, double top1) =>
        MobileViTv2(width, "-21k", "imagenet21k_to_1k", "256x256", PreprocessingPresets.CvnetsV2, top1);

    /// <summary>The same, trained on at 384 pixels.</summary>
    private static PublishedWeights From21kAt384(double width, double top1) =>
        MobileViTv2(width, "-21k-384", "imagenet21k_to_1k", "384x384", PreprocessingPresets.CvnetsV2At384, top1);

    private static PublishedWeights MobileViTv2(double width, string training, string data, string size, string preset, double top1)
    {
        string variant = MobileViTVariants.NameOf(width), file = "mobilevitv2-" + width.ToString("0.0###", CultureInfo.InvariantCulture);
        return new(
            variant + training,
            new Uri($"{Models}cvnets-v2/classification/mobilevitv2/{data}/{size}/{file}.pt"),
            $"{file}{training}.pt",
            variant,
            CheckpointLayout.Cvnets,
            preset,
            top1);
    }
}
