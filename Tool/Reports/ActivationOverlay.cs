using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Activation maps as colours over pictures: from nothing where a place says nothing for the class, or speaks against it, over yellow to
/// red where it speaks for it most. Each map has a scale of its own. What the model did not see is grey.
/// </summary>
internal static class ActivationOverlay
{
    private const int OverlaySide = 96;
    private const int LargestSide = 1024;
    private const int Lossless = 100;
    private const float MostOpaque = 0.62f;

    private static readonly SKColor Unseen = new(96, 96, 96, 170);
    private static readonly ImageDecodingOptions Options = new() { MaxPixels = ImageDecodingOptions.LargestMaxPixels };

    /// <summary>The colours alone, as a small WebP in Base64 of the shape of the picture.</summary>
    public static string Encode(ClassActivation activation)
    {
        double scale = Math.Min(1, (double)OverlaySide / Math.Max(activation.Geometry.Width, activation.Geometry.Height));
        int width = Math.Max((int)Math.Round(activation.Geometry.Width * scale), 1);
        int height = Math.Max((int)Math.Round(activation.Geometry.Height * scale), 1);
        using SKBitmap colours = Colours(activation, width, height);
        using SKData data = colours.Encode(SKEncodedImageFormat.Webp, quality: 80);
        return Convert.ToBase64String(data.AsSpan());
    }

    /// <summary>The picture, of at most 1,024 pixels a side, under the colours, as a PNG.</summary>
    /// <exception cref="IOException">The picture cannot be read any more.</exception>
    /// <exception cref="InvalidDataException">It is no picture any more.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read any more.</exception>
    public static byte[] Draw(string path, ClassActivation activation)
    {
        ImageThumbnail picture = ImageThumbnail.Create(path, LargestSide, Options);
        using var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(picture.Rgba, 0, bitmap.GetPixels(), picture.Rgba.Length);
        using SKBitmap colours = Colours(activation, picture.Width, picture.Height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.DrawBitmap(colours, 0, 0);
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, Lossless);
        return data.ToArray();
    }

    private static SKBitmap Colours(ClassActivation activation, int width, int height)
    {
        float[] values = activation.ToSource(width, height);
        float most = Math.Max(activation.Values.Max(), float.Epsilon);
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        byte[] pixels = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            SKColor colour = float.IsNaN(values[i]) ? Unseen : ColourOf(Math.Clamp(values[i] / most, 0, 1));
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) = (colour.Red, colour.Green, colour.Blue, colour.Alpha);
        }

        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        return bitmap;
    }

    /// <summary>The colour of a share of the map's highest value.</summary>
    private static SKColor ColourOf(float share) =>
        new(255, (byte)(230 * (1 - share)), (byte)(40 * (1 - share)), (byte)(255 * MostOpaque * MathF.Sqrt(share)));
}
