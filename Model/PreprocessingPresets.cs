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
    /// Apple's for MobileViTv2: shorter side to 288 for a 256-pixel input (the same 9/8 for other sizes), bicubic, centre crop, RGB.
    /// </summary>
    public const string CvnetsV2 = "cvnets-v2";

    /// <summary>
    /// timm's for MobileViTv2: shorter side to ⌊input / 0.888⌋, bicubic, centre crop, RGB. It differs from <see cref="CvnetsV2"/> by a
    /// pixel where the margin of the crop is odd.
    /// </summary>
    public const string TimmV2 = "timm-v2";

    /// <summary>The height and width of the published models' input, in pixels.</summary>
    public const int DefaultSide = 256;

    /// <summary>The preset names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Cvnets, Timm, Squash, CvnetsV2, TimmV2];

    /// <summary>Gets a preset for an input size.</summary>
    /// <remarks>
    /// For a rectangular input, the size before the crop follows from its longer side, so that the crop lies within every
    /// picture, upright or not.
    /// </remarks>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="height">The height of the model's input, in pixels.</param>
    /// <param name="width">The width of the model's input, in pixels.</param>
    /// <exception cref="ArgumentException">The name is not one of <see cref="Names"/>, or a size is out of range.</exception>
    public static ImagePreprocessing Get(string name, int height = DefaultSide, int width = DefaultSide)
    {
        int longest = Math.Max(height, width);
        var preset = name switch
        {
            Cvnets => Cropped(longest * 9 / 8, ImageInterpolation.Bilinear, CropRounding.Floor, ImageChannelOrder.Bgr),
            CvnetsV2 => Cropped(longest * 9 / 8, ImageInterpolation.Bicubic, CropRounding.Floor, ImageChannelOrder.Rgb),
            Timm => Cropped((int)(longest / 0.9), ImageInterpolation.Bicubic, CropRounding.HalfToEven, ImageChannelOrder.Rgb),
            TimmV2 => Cropped((int)(longest / 0.888), ImageInterpolation.Bicubic, CropRounding.HalfToEven, ImageChannelOrder.Rgb),
            Squash => new ImagePreprocessing
            {
                Resize = ImageResizeMode.Stretch,
                Height = height,
                Width = width,
            },
            _ => throw new ArgumentException(
                $"There is no preprocessing preset '{name}'; the presets are {string.Join(", ", Names)}.", nameof(name)),
        };
        preset.Validate();
        return preset;

        ImagePreprocessing Cropped(int shorterSide, ImageInterpolation interpolation, CropRounding rounding, ImageChannelOrder order) => new()
        {
            ResizeSize = shorterSide,
            Interpolation = interpolation,
            CropRounding = rounding,
            ChannelOrder = order,
            Height = height,
            Width = width,
        };
    }
}
