using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>A folder of pictures in two classes that are told apart by their colour.</summary>
internal static class ColoredImages
{
    public const int PerClass = 10;

    /// <summary>Draws <c>red/00.png</c>, …, <c>blue/00.png</c>, …; every picture differs.</summary>
    public static void Draw(string folder)
    {
        foreach (var (name, color) in new[] { ("red", SKColors.Red), ("blue", SKColors.Blue) })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            for (int i = 0; i < PerClass; i++)
            {
                using var bitmap = new SKBitmap(96, 96);
                using var canvas = new SKCanvas(bitmap);
                using var paint = new SKPaint { Color = color };
                canvas.Clear(new SKColor((byte)(100 + (8 * i)), (byte)(100 + (8 * i)), (byte)(100 + (8 * i))));
                canvas.DrawCircle(48, 48, 20 + i, paint);
                using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(Path.Combine(folder, name, $"{i:00}.png"), data.ToArray());
            }
        }
    }
}
