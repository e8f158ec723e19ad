namespace MlNetMobileViT.Conversion;

/// <summary>A generation of the network, and what files call it.</summary>
/// <param name="Name">The name of the generation: <c>MobileViT</c> or <c>MobileViTv2</c>.</param>
/// <param name="VariantPrefix">What the names of its variants begin with.</param>
/// <param name="HuggingFaceType">Hugging Face's <c>model_type</c>, with which the names of the backbone's tensors begin.</param>
/// <param name="HuggingFaceClass">Hugging Face's class of the classifier.</param>
/// <param name="Presets">
/// The preprocessing presets that the weights were trained with, those of timm's own training apart: the usual one, and then those of
/// other input sizes.
/// </param>
/// <param name="TimmPresets">The presets of weights in timm's layout, in the same order.</param>
internal sealed record MobileViTFamily(
    string Name,
    string VariantPrefix,
    string HuggingFaceType,
    string HuggingFaceClass,
    IReadOnlyList<string> Presets,
    IReadOnlyList<string> TimmPresets)
{
    /// <summary>MobileViT, arXiv 2110.02178.</summary>
    public static MobileViTFamily V1 { get; } = new(
        "MobileViT",
        "",
        "mobilevit",
        "MobileViTForImageClassification",
        [PreprocessingPresets.Cvnets],
        [PreprocessingPresets.Timm]);

    /// <summary>
    /// MobileViTv2, arXiv 2206.02680. All weights were trained with RGB and bicubic resizing; Hugging Face's own processor feeds
    /// them BGR, bilinear.
    /// </summary>
    public static MobileViTFamily V2 { get; } = new(
        "MobileViTv2",
        ModelMetadata.SecondPrefix,
        "mobilevitv2",
        "MobileViTV2ForImageClassification",
        [PreprocessingPresets.CvnetsV2, PreprocessingPresets.CvnetsV2At384],
        [PreprocessingPresets.TimmV2, PreprocessingPresets.TimmV2At384]);

    /// <summary>The families that there are.</summary>
    public static IReadOnlyList<MobileViTFamily> All { get; } = [V1, V2];

    /// <summary>What an architecture of this family is called that has no name: <c>custom</c>, <c>v2-custom</c>.</summary>
    public string Custom => VariantPrefix + "custom";

    /// <summary>
    /// The preprocessing of published weights in a layout and of an input size, which is the usual one where none were published for
    /// the size.
    /// </summary>
    /// <param name="layout">The layout.</param>
    /// <param name="height">The height of the input in pixels; null for the usual one.</param>
    /// <param name="width">The width of the input in pixels; null for the usual one.</param>
    /// <returns>One of <see cref="PreprocessingPresets.Names"/>.</returns>
    public string PresetOf(CheckpointLayout layout, int? height = null, int? width = null)
    {
        IReadOnlyList<string> presets = layout == CheckpointLayout.Timm ? TimmPresets : Presets;
        return presets.Skip(1).FirstOrDefault(name => PreprocessingPresets.Get(name) is { } large && large.Height == height && large.Width == width)
            ?? presets[0];
    }
}
