using SkiaSharp;

namespace MlNetMobileViT.Benchmarks;

/// <summary>The photos to measure on: those beside the repository, or drawn ones of the same size.</summary>
internal static class Photos
{
    private const int DrawnCount = 256;

    /// <summary>The paths of the photos; drawn ones are written into a folder.</summary>
    public static string[] Find(string shared, string drawnFolder)
    {
        string folder = Path.Combine(shared, "photos-256");
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal)]
            : [.. Enumerable.Range(0, DrawnCount).Select(i => Draw(i, drawnFolder))];
    }

    private static string Draw(int seed, string folder)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(new SKImageInfo(500, 375, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { IsAntialias = true })
        {
            for (int i = 0; i < 400; i++)
            {
                paint.Color = new SKColor((uint)random.Next()).WithAlpha(200);
                canvas.DrawCircle(random.Next(500), random.Next(375), random.Next(3, 60), paint);
            }
        }

        string path = Path.Combine(folder, $"{seed:000}.jpg");
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality: 92);
        File.WriteAllBytes(path, data.ToArray());
        return path;
    }
}

/// <summary>A row with the path of a photo.</summary>
internal sealed class PhotoRow
{
    public string Path { get; set; } = "";
}
