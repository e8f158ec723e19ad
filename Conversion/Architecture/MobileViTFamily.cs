namespace MlNetMobileViT.Conversion;

/// <summary>A generation of the network, and what files call it.</summary>
/// <param name="Name">The name of the generation: <c>MobileViT</c> or <c>MobileViTv2</c>.</param>
/// <param name="VariantPrefix">What the names of its variants begin with.</param>
/// <param name="HuggingFaceType">Hugging Face's <c>model_type</c>, with which the names of the backbone's tensors begin.</param>
/// <param name="Preset">The preprocessing preset that the weights were trained with, those of timm's own training apart.</param>
/// <param name="TimmPreset">The preset of weights in timm's layout.</param>
internal sealed record MobileViTFamily(string Name, string VariantPrefix, string HuggingFaceType, string Preset, string TimmPreset)
{
    /// <summary>MobileViT, arXiv 2110.02178.</summary>
    public static MobileViTFamily V1 { get; } =
        new("MobileViT", "", "mobilevit", PreprocessingPresets.Cvnets, PreprocessingPresets.Timm);

    /// <summary>
    /// MobileViTv2, arXiv 2206.02680. All weights were trained with RGB and bicubic resizing; Hugging Face's own processor feeds
    /// them BGR, bilinear.
    /// </summary>
    public static MobileViTFamily V2 { get; } =
        new("MobileViTv2", ModelMetadata.SecondPrefix, "mobilevitv2", PreprocessingPresets.CvnetsV2, PreprocessingPresets.TimmV2);

    /// <summary>The families that there are.</summary>
    public static IReadOnlyList<MobileViTFamily> All { get; } = [V1, V2];

    /// <summary>What an architecture of this family is called that has no name: <c>custom</c>, <c>v2-custom</c>.</summary>
    public string Custom => VariantPrefix + "custom";

    /// <summary>The preprocessing preset of weights in a layout, one of <see cref="PreprocessingPresets.Names"/>.</summary>
    public string PresetOf(CheckpointLayout layout) => layout == CheckpointLayout.Timm ? TimmPreset : Preset;
}
