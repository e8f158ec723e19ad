namespace MlNetMobileViT;

/// <summary>A part of an image, in pixels of the image as it is stored.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Width">The number of columns.</param>
/// <param name="Height">The number of rows.</param>
internal readonly record struct PixelRegion(int Left, int Top, int Width, int Height)
{
    /// <summary>The column behind the last.</summary>
    public int Right => Left + Width;

    /// <summary>The row behind the last.</summary>
    public int Bottom => Top + Height;
}
