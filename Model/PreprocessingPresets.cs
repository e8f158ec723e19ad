namespace MlNetMobileViT;

/// <summary>The preprocessing that published MobileViT weights were trained or evaluated with, by name.</summary>
public static class PreprocessingPresets
{
    /// <summary>
    /// Apple's: shorter side to 288 for a 256-pixel input (the same 9/8 for other sizes), bilinear, centre crop, BGR. Hugging
    /// Face's image processor does the same for these models.
    /// </summary>
    public const string Cvnets = "cvnets";

    /// <summary>timm's: shorter side to ⌊input / 0.9⌋, bicubic, centre crop, RGB.</summary>
    public const string Timm = "timm";

    /// <summary>Straight to the input size, bilinear, aspect ratio ignored, BGR.</summary>
    public const string Squash = "squash";

    /// <summary>
    /// Apple's for MobileViTv2: shorter side to 288 for a 256-pixel input (the same 9/8 for other sizes), bicubic, centre crop, RGB
    /// (CVNets' <c>config/classification/imagenet/mobilevit_v2.yaml</c>).
    /// </summary>
    public const string CvnetsV2 = "cvnets-v2";

    /// <summary>
    /// Apple's for MobileViTv2 that was trained on at 384 pixels: shorter side to the input's, bicubic, centre crop, RGB (CVNets'
    /// <c>config/classification/finetune_higher_res_in1k/mobilevit_v2.yaml</c>).
    /// </summary>
    public const string CvnetsV2At384 = "cvnets-v2-384";

    /// <summary>
    /// timm's for MobileViTv2: shorter side to ⌊input / 0.888⌋, bicubic, centre crop, RGB. It differs from <see cref="CvnetsV2"/> by a
    /// pixel where the margin of the crop is odd.
    /// </summary>
    public const string TimmV2 = "timm-v2";

    /// <summary>
    /// timm's for MobileViTv2 that was trained on at 384 pixels: shorter side to the input's, bicubic, centre crop, RGB.
    /// </summary>
    public const string TimmV2At384 = "timm-v2-384";

    /// <summary>
    /// What Hugging Face's image processor does for MobileViTv2: shorter side to the input's and 32 pixels, bilinear, centre crop, BGR.
    /// Apple's weights were trained with <see cref="CvnetsV2"/>, so this is for networks that were trained with that processor.
    /// </summary>
    public const string HuggingFaceV2 = "huggingface-v2";

    /// <summary>The height and width of most of the published models' input, in pixels.</summary>
    public const int DefaultSide = 256;

    private const int LargeSide = 384;

    private static readonly Preset[] Presets =
    [
        new(Cvnets, DefaultSide, static side => side * 9 / 8, ImageInterpolation.Bilinear, CropRounding.Floor, ImageChannelOrder.Bgr),
        new(Timm, DefaultSide, static side => (int)(side / 0.9), ImageInterpolation.Bicubic, CropRounding.HalfToEven, ImageChannelOrder.Rgb),
        new(Squash, DefaultSide, ShorterSide: null, ImageInterpolation.Bilinear, CropRounding.Floor, ImageChannelOrder.Bgr),
        new(CvnetsV2, DefaultSide, static side => side * 9 / 8, ImageInterpolation.Bicubic, CropRounding.Floor, ImageChannelOrder.Rgb),
        new(CvnetsV2At384, LargeSide, static side => side, ImageInterpolation.Bicubic, CropRounding.Floor, ImageChannelOrder.Rgb),
        new(TimmV2, DefaultSide, static side => (int)(side / 0.888), ImageInterpolation.Bicubic, CropRounding.HalfToEven, ImageChannelOrder.Rgb),
        new(TimmV2At384, LargeSide, static side => side, ImageInterpolation.Bicubic, CropRounding.HalfToEven, ImageChannelOrder.Rgb),
        new(HuggingFaceV2, DefaultSide, static side => side + 32, ImageInterpolation.Bilinear, CropRounding.Floor, ImageChannelOrder.Bgr),
    ];

    /// <summary>The preset names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Presets.Select(static preset => preset.Name)];

    /// <summary>Gets a preset for an input size.</summary>
    /// <remarks>
    /// For a rectangular input, the size before the crop follows from its longer side, so that the crop lies within every
    /// picture, upright or not.
    /// </remarks>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="height">The height of the model's input, in pixels; null for that of the published models: 256, or 384.</param>
    /// <param name="width">The width of the model's input, in pixels; null for that of the published models: 256, or 384.</param>
    /// <exception cref="ArgumentException">The name is not one of <see cref="Names"/>, or a size is out of range.</exception>
    public static ImagePreprocessing Get(string name, int? height = null, int? width = null)
    {
        Preset preset = Array.Find(Presets, preset => preset.Name == name) ?? throw new ArgumentException(
            $"There is no preprocessing preset '{name}'; the presets are {string.Join(", ", Names)}.", nameof(name));
        int rows = height ?? preset.Side, columns = width ?? preset.Side;
        var settings = new ImagePreprocessing
        {
            Resize = preset.ShorterSide is null ? ImageResizeMode.Stretch : ImageResizeMode.ShorterSide,
            ResizeSize = preset.ShorterSide?.Invoke(Math.Max(rows, columns)) ?? 0,
            Interpolation = preset.Interpolation,
            CropRounding = preset.CropRounding,
            ChannelOrder = preset.ChannelOrder,
            Height = rows,
            Width = columns,
        };
        settings.Validate();
        return settings;
    }

    /// <summary>A row of the table.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Side">The height and width of the published models' input.</param>
    /// <param name="ShorterSide">The shorter side before the crop, from the longer side of the input; null where pictures are stretched.</param>
    /// <param name="Interpolation">The resampling filter.</param>
    /// <param name="CropRounding">How the offset of the crop is rounded.</param>
    /// <param name="ChannelOrder">The order of the channels.</param>
    private sealed record Preset(
        string Name,
        int Side,
        Func<int, int>? ShorterSide,
        ImageInterpolation Interpolation,
        CropRounding CropRounding,
        ImageChannelOrder ChannelOrder);
}
