using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT.Tool;

/// <summary>Small versions of pictures, as data URIs.</summary>
internal static class Thumbnail
{
    private const int MaxSide = 224;
    private const int Quality = 62;

    // What was scored may be shown, whatever limit it was scored with.
    private static readonly ImageDecodingOptions Options = new() { MaxPixels = ImageDecodingOptions.LargestMaxPixels };

    /// <summary>The picture as a WebP data URI; null where it cannot be read any more.</summary>
    public static string? Create(string path)
    {
        try
        {
            return Encode(ImageThumbnail.Create(path, MaxSide, Options));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Encode(ImageThumbnail thumbnail)
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(thumbnail.Width, thumbnail.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(thumbnail.Rgba, 0, bitmap.GetPixels(), thumbnail.Rgba.Length);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Webp, Quality);
        return $"data:image/webp;base64,{Convert.ToBase64String(data.AsSpan())}";
    }
}
