namespace MlNetMobileViT;

/// <summary>The formats that can be read, and the rest.</summary>
internal enum ImageFormat
{
    Unknown,
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Ico,
}
