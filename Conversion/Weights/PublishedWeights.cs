namespace MlNetMobileViT.Conversion;

/// <summary>Trained weights that their makers publish: one row of <see cref="All"/>.</summary>
/// <param name="Name">The name by which they are asked for.</param>
/// <param name="Folder">The address of the folder that holds the file, with a slash at its end.</param>
/// <param name="File">The file in the folder and in the cache.</param>
/// <param name="Variant">The architecture, one of <see cref="MobileViTVariants.Names"/>.</param>
/// <param name="Layout">The naming scheme of the file.</param>
/// <param name="Preset">The preprocessing that they were trained with, one of <see cref="PreprocessingPresets.Names"/>.</param>
/// <param name="Top1">The published top-1 accuracy on ImageNet-1k's validation set, in percent.</param>
/// <param name="Logits">The first logits of <see cref="ImageName"/>, of classes 0, 1 and 2; empty where none are published.</param>
internal sealed record PublishedWeights(
    string Name,
    Uri Folder,
    string File,
    string Variant,
    CheckpointLayout Layout,
    string Preset,
    double Top1,
    IReadOnlyList<float> Logits)
{
    /// <summary>
    /// The photograph <c>val2017/000000039769.jpg</c> of COCO, by whose logits Hugging Face's conversion script checks its result
    /// (<c>src/transformers/models/mobilevit/convert_mlcvnets_to_pytorch.py</c>, to 1e-4).
    /// </summary>
    public const string ImageName = "000000039769.jpg";

    private static readonly Uri Cvnets = new("https://docs-assets.developer.apple.com/ml-research/models/cvnets/classification/");

    /// <summary>All that are known. Accuracies are those of CVNets' table of these files; its paper, arXiv 2110.02178, has 74.8 for XS and 78.4 for S.</summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        MobileViT(MobileViTVariants.Xxs, 69.0, [-1.9364f, -1.2327f, -0.4653f]),
        MobileViT(MobileViTVariants.Xs, 74.7, [-2.4761f, -0.9399f, -1.9587f]),
        MobileViT(MobileViTVariants.S, 78.3, [-0.9866f, 0.2392f, -1.1241f]),
    ];

    /// <summary>Where the file is published.</summary>
    public Uri Address => new(Folder, File);

    /// <summary>The weights of a name; null where there are none.</summary>
    public static PublishedWeights? Find(string name) => All.FirstOrDefault(weights => weights.Name == name);

    /// <summary>The weights of a name.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static PublishedWeights Get(string name) => Find(name) ?? throw new ArgumentException(
        $"There are no official weights named '{name}'; the names are {string.Join(", ", All.Select(static weights => weights.Name))}.",
        nameof(name));

    private static PublishedWeights MobileViT(string variant, double top1, float[] logits) => new(
        variant, Cvnets, $"mobilevit_{variant}.pt", variant, CheckpointLayout.Cvnets, PreprocessingPresets.Cvnets, top1, logits);
}
