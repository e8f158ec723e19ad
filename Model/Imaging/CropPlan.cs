namespace MlNetMobileViT;

/// <summary>What of the resized, upright image the crop keeps.</summary>
/// <param name="Horizontal">The axis along the rows.</param>
/// <param name="Vertical">The axis along the columns.</param>
internal readonly record struct CropPlan(ResizeAxis Horizontal, ResizeAxis Vertical)
{
    /// <summary>The plan for an image that is stored in an orientation.</summary>
    public static CropPlan Create(ImagePreprocessing settings, ImageOrientation orientation, int storedWidth, int storedHeight) =>
        orientation.Transposed ? Create(settings, storedHeight, storedWidth) : Create(settings, storedWidth, storedHeight);

    /// <summary>The plan for an upright image of a size.</summary>
    public static CropPlan Create(ImagePreprocessing settings, int width, int height)
    {
        long resizedWidth = settings.Width;
        long resizedHeight = settings.Height;
        if (settings.Resize == ImageResizeMode.ShorterSide)
        {
            // CVNets, timm and torchvision: int(size * longer / shorter). Truncated floating-point division equals integer
            // division here, because the product stays far below 2^53.
            resizedWidth = width <= height ? settings.ResizeSize : (long)settings.ResizeSize * width / height;
            resizedHeight = width <= height ? (long)settings.ResizeSize * height / width : settings.ResizeSize;
        }

        return new CropPlan(
            Axis(width, resizedWidth, settings.Width, settings.CropRounding),
            Axis(height, resizedHeight, settings.Height, settings.CropRounding));
    }

    private static ResizeAxis Axis(int input, long output, int count, CropRounding rounding)
    {
        long margin = output - count;
        long offset = margin / 2;
        if (rounding == CropRounding.HalfToEven && long.IsOddInteger(margin) && long.IsOddInteger(offset))
        {
            offset++;
        }

        return new ResizeAxis(input, output, offset, count);
    }
}

/// <summary>One axis of a resize of which only some outputs are kept.</summary>
/// <param name="Input">The number of pixels before the resize.</param>
/// <param name="Output">The number of pixels after the resize, all of them; far beyond 2³¹ for a very long image.</param>
/// <param name="Offset">The first output that is kept.</param>
/// <param name="Count">How many outputs are kept.</param>
internal readonly record struct ResizeAxis(int Input, long Output, long Offset, int Count)
{
    /// <summary>A distance from the edge of what is kept, as one from the edge of the input.</summary>
    public double ToInput(double kept) => (kept + Offset) * Input / Output;

    /// <summary>A distance from the edge of the input, as one from the edge of what is kept.</summary>
    public double ToKept(double input) => (input * Output / Input) - Offset;
}
