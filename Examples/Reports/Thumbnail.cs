using SkiaSharp;

namespace MlNetMobileViT.Examples.Reports;

/// <summary>Small versions of pictures, as data URIs.</summary>
internal static class Thumbnail
{
    private const int MaxSide = 224;
    private const int Quality = 62;

    // What is shown is at most a few hundred pixels; more than this is not worth the memory.
    private const long MaxPixels = 200_000_000;

    /// <summary>The picture as a WebP data URI; null where it cannot be read any more.</summary>
    public static string? Create(string path)
    {
        try
        {
            using SKCodec? codec = File.Exists(path) ? SKCodec.Create(path) : null;
            if (codec is null || (long)codec.Info.Width * codec.Info.Height is 0 or > MaxPixels)
            {
                return null;
            }

            float scale = Math.Min(1f, (float)MaxSide / Math.Max(codec.Info.Width, codec.Info.Height));
            SKSizeI decoded = codec.GetScaledDimensions(scale);
            var info = new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
            using var bitmap = new SKBitmap(info);
            if (codec.GetPixels(info, bitmap.GetPixels()) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
            {
                return null;
            }

            return Encode(bitmap, codec.EncodedOrigin);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Encode(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        float scale = Math.Min(1f, (float)MaxSide / Math.Max(bitmap.Width, bitmap.Height));
        int width = Math.Max((int)MathF.Round(bitmap.Width * scale), 1);
        int height = Math.Max((int)MathF.Round(bitmap.Height * scale), 1);
        bool turned = origin >= SKEncodedOrigin.LeftTop;
        using var surface = new SKBitmap(new SKImageInfo(turned ? height : width, turned ? width : height));
        using (var canvas = new SKCanvas(surface))
        using (var paint = new SKPaint { FilterQuality = SKFilterQuality.High, IsAntialias = true })
        {
            canvas.Clear(SKColors.White);
            canvas.SetMatrix(ToUpright(origin, width, height));
            canvas.DrawBitmap(bitmap, new SKRect(0, 0, width, height), paint);
        }

        using SKData data = surface.Encode(SKEncodedImageFormat.Webp, Quality);
        return $"data:image/webp;base64,{Convert.ToBase64String(data.AsSpan())}";
    }

    /// <summary>The matrix that turns a stored picture upright: EXIF 2.3, tag 274.</summary>
    private static SKMatrix ToUpright(SKEncodedOrigin origin, float width, float height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
