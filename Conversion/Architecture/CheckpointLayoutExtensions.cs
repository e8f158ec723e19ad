namespace MlNetMobileViT.Conversion;

/// <summary>What follows from a layout.</summary>
public static class CheckpointLayoutExtensions
{
    /// <summary>The name that a converted model's metadata has for the layout: <c>cvnets</c>, <c>timm</c>, <c>huggingface</c>.</summary>
    public static string GetName(this CheckpointLayout layout) => layout switch
    {
        CheckpointLayout.Cvnets => "cvnets",
        CheckpointLayout.Timm => "timm",
        _ => "huggingface",
    };

    /// <summary>
    /// The preprocessing preset that weights of the layout were trained with, one of <see cref="PreprocessingPresets.Names"/>;
    /// the channel order (RGB for timm, BGR for the others) is part of it.
    /// </summary>
    public static string GetPreprocessingPreset(this CheckpointLayout layout) =>
        layout == CheckpointLayout.Timm ? PreprocessingPresets.Timm : PreprocessingPresets.Cvnets;
}
