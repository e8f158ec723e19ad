namespace MlNetMobileViT.Conversion;

/// <summary>
/// The note of a conversion about preprocessing that nobody gave, for a network that is not a published one: no tensor shows the
/// input size or the channel order, and no check of the file can see that they are others than in training.
/// </summary>
internal static class AssumedPreprocessingNote
{
    /// <summary>Says what the options leave to the preset of the layout; null where that is right, or nothing is left.</summary>
    public static string? Of(MobileViTArchitecture architecture, CheckpointLayout layout, ConversionOptions options)
    {
        if (MobileViTVariants.IsPublished(architecture))
        {
            return null;
        }

        string name = architecture.Family.PresetOf(layout, options.Height, options.Width);
        ImagePreprocessing preset = PreprocessingPresets.Get(options.Preset ?? name);
        var assumed = new List<(string What, string Remedy)>();
        if (options.Height is null || options.Width is null)
        {
            string what = (options.Height, options.Width) switch
            {
                (null, null) => $"size of {preset.Height}×{preset.Width}",
                (null, _) => $"height of {preset.Height}",
                _ => $"width of {preset.Width}",
            };
            assumed.Add(($"an input {what} pixels", "--input-size (ConversionOptions.Height and Width)"));
        }

        if (options.Preset is null)
        {
            assumed.Add((
                $"the preset '{name}' (channels in the order {preset.ChannelOrder.ToString().ToUpperInvariant()})",
                "--preset (ConversionOptions.Preset)"));
        }

        return assumed.Count == 0 ? null
            : $"Assumed as in the published weights: {Join(static item => item.What)}. Neither the tensors nor a file beside them tell it, and a "
                + "network that was trained with something else names wrong classes, which no check can see; give what it was trained with by "
                + $"{Join(static item => item.Remedy)}.";

        string Join(Func<(string What, string Remedy), string> part) => string.Join(" and ", assumed.Select(part));
    }
}
