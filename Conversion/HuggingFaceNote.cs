namespace MlNetMobileViT.Conversion;

/// <summary>The note of a conversion about what Hugging Face's own code does otherwise with the same MobileViTv2.</summary>
internal static class HuggingFaceNote
{
    /// <summary>Says what that is; null where it is nothing.</summary>
    public static string? Of(
        MobileViTArchitecture architecture, CheckpointLayout layout, ImagePreprocessing preprocessing, GraphStyle style)
    {
        if (layout != CheckpointLayout.HuggingFace || architecture.Family != MobileViTFamily.V2)
        {
            return null;
        }

        string preset = architecture.Family.PresetOf(layout, preprocessing.Height, preprocessing.Width);
        string images = preprocessing == PreprocessingPresets.Get(preset, preprocessing.Height, preprocessing.Width)
            ? $"Hugging Face's own processor gives MobileViTv2 pictures in the order BGR, resized bilinearly (--preset "
                + $"{PreprocessingPresets.HuggingFaceV2}). Apple trained the published weights with RGB, bicubic, and that is what this model does."
            : $"Apple trained the published weights of MobileViTv2 with RGB, bicubic; for these choose --preset {preset} "
                + "(ConversionOptions.Preset). What this model does is for weights that were trained with it.";

        // The last map has 32 times fewer rows and columns, and patches are of two.
        const int Even = 2 * GraphStyle.SizeMultiple;
        return style.Height % Even == 0 && style.Width % Even == 0 && !style.DynamicSize
            ? images
            : images + FormattableString.Invariant(
                $" At sizes that are no multiple of {Even}, Hugging Face's code drops a row or a column of odd maps, and its results are others; this model does as CVNets and timm do.");
    }
}
