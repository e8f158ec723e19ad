using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT.Tool;

/// <summary>Small versions of pictures, as WebP in Base64.</summary>
internal static class Thumbnail
{
    // The first that is small enough is taken.
    private static readonly int[] Qualities = [62, 45, 30, 15, 1];

    // What was scored may be shown, whatever limit it was scored with.
    private static readonly ImageDecodingOptions Options = new() { MaxPixels = ImageDecodingOptions.LargestMaxPixels };

    /// <summary>The picture as a data URI; null where it cannot be read any more.</summary>
    public static string? Create(string path) =>
        Encode(path, ThumbnailSize.For(1)) is { } encoded ? $"data:image/webp;base64,{encoded}" : null;

    /// <summary>The picture as WebP in Base64; null where it cannot be read any more, or not be made small enough.</summary>
    public static string? Encode(string path, ThumbnailSize size)
    {
        try
        {
            return Encode(ImageThumbnail.Create(path, size.Side, Options), size.MaxCharacters);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Encode(ImageThumbnail thumbnail, long maxCharacters)
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(thumbnail.Width, thumbnail.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(thumbnail.Rgba, 0, bitmap.GetPixels(), thumbnail.Rgba.Length);
        foreach (int quality in Qualities)
        {
            using SKData data = bitmap.Encode(SKEncodedImageFormat.Webp, quality);
            if (data.Size * 4 / 3 <= maxCharacters)
            {
                return Convert.ToBase64String(data.AsSpan());
            }
        }

        return null;
    }
}

/// <summary>How large thumbnails may be.</summary>
/// <param name="Side">The longer side in pixels.</param>
/// <param name="MaxCharacters">The most characters of Base64.</param>
internal readonly record struct ThumbnailSize(int Side, long MaxCharacters)
{
    // With names, text and markup, the page stays below 20 MB.
    private const long MaxOfPage = 15_000_000;
    private const int LargestSide = 224;
    private const int MostOfLargestSide = 1000;

    /// <summary>The size of thumbnails on a page with so many.</summary>
    public static ThumbnailSize For(long pictures) => new(
        (int)(LargestSide * Math.Pow(Math.Min(1, (double)MostOfLargestSide / pictures), 0.4)), MaxOfPage / pictures);
}
