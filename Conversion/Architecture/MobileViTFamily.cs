namespace MlNetMobileViT.Conversion;

/// <summary>A generation of the network, and what files call it.</summary>
/// <param name="Name">The name of the generation: <c>MobileViT</c> or <c>MobileViTv2</c>.</param>
/// <param name="VariantPrefix">What the names of its variants begin with.</param>
/// <param name="TimmPrefix">What timm's names of its models begin with.</param>
/// <param name="HuggingFaceType">
/// Hugging Face's <c>model_type</c>, with which the names of the backbone's tensors begin.
/// </param>
internal sealed record MobileViTFamily(
    string Name, string VariantPrefix, string TimmPrefix, string HuggingFaceType)
{
    /// <summary>MobileViT, arXiv 2110.02178.</summary>
    public static MobileViTFamily V1 { get; } = new("MobileViT", "", "mobilevit_", "mobilevit");

    /// <summary>MobileViTv2, arXiv 2206.02680.</summary>
    public static MobileViTFamily V2 { get; } =
        new("MobileViTv2", "v2-", "mobilevitv2_", "mobilevitv2");

    /// <summary>The families that there are.</summary>
    public static IReadOnlyList<MobileViTFamily> All { get; } = [V1, V2];

    /// <summary>What an architecture of this family is called that is none of a known rule: <c>custom</c>, <c>v2-custom</c>.</summary>
    public string Custom => VariantPrefix + "custom";

    /// <summary>The preprocessing preset that weights of a layout were trained with, one of <see cref="PreprocessingPresets.Names"/>.</summary>
    /// <remarks>
    /// MobileViT's weights read BGR but for timm's. MobileViTv2's were all trained with RGB and bicubic resizing; Hugging Face's own
    /// processor feeds them BGR, bilinear.
    /// </remarks>
    public string PresetOf(CheckpointLayout layout) => (this == V2, layout) switch
    {
        (true, CheckpointLayout.Timm) => PreprocessingPresets.TimmV2,
        (true, _) => PreprocessingPresets.CvnetsV2,
        (false, CheckpointLayout.Timm) => PreprocessingPresets.Timm,
        _ => PreprocessingPresets.Cvnets,
    };
}
