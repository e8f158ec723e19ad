using SkiaSharp;

namespace MlNetMobileViT.Tool;

/// <summary>A drawn picture of the kind that the demo model knows: a red or blue shape before grey clutter.</summary>
internal static class DemoPicture
{
    private const int JpegQuality = 90;

    public static string[] Colors { get; } = ["blue", "red"];

    public static string[] Shapes { get; } = ["arrow", "circle", "crescent", "cross", "heart", "ring", "star", "triangle"];

    /// <summary>Draws a picture.</summary>
    /// <param name="color">One of <see cref="Colors"/>.</param>
    /// <param name="shape">One of <see cref="Shapes"/>.</param>
    /// <param name="seed">The same seed gives the same picture.</param>
    /// <returns>A JPEG of 140 to 260 pixels a side.</returns>
    public static byte[] Draw(string color, string shape, ulong seed)
    {
        var random = new SplitMix64(seed);
        using var bitmap = new SKBitmap(random.Whole(140, 260), random.Whole(140, 260));
        using var canvas = new SKCanvas(bitmap);
        int background = random.Whole(0, 2) == 0 ? random.Whole(55, 85) : random.Whole(125, 215);
        canvas.Clear(Grey(background));
        DrawClutter(canvas, bitmap.Width, bitmap.Height, random);

        float radius = Math.Min(bitmap.Width, bitmap.Height) * random.Between(0.3f, 0.42f);
        canvas.Translate(
            (bitmap.Width / 2f) + ((bitmap.Width / 2f - radius) * random.Between(-0.4f, 0.4f)),
            (bitmap.Height / 2f) + ((bitmap.Height / 2f - radius) * random.Between(-0.4f, 0.4f)));
        canvas.RotateDegrees(random.Between(-25, 25));
        canvas.Scale(radius);
        float hue = color == "red" ? random.Between(-12, 18) : random.Between(218, 250);
        using var paint = new SKPaint
        {
            IsAntialias = true,
            Color = SKColor.FromHsv((hue + 360) % 360, random.Between(80, 100), random.Between(75, 100)),
        };
        using SKPath path = Outline(shape);
        canvas.DrawPath(path, paint);
        canvas.Flush();
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return data.ToArray();
    }

    private static void DrawClutter(SKCanvas canvas, int width, int height, SplitMix64 random)
    {
        using var paint = new SKPaint { IsAntialias = true };
        int rectangles = random.Whole(1, 5);
        for (int i = 0; i < rectangles; i++)
        {
            paint.Color = Grey(random.Whole(20, 235));
            canvas.DrawRect(
                random.Between(0, width), random.Between(0, height), random.Between(8, width * 0.2f), random.Between(8, height * 0.2f), paint);
        }

        int lines = random.Whole(1, 5);
        for (int i = 0; i < lines; i++)
        {
            paint.Color = Grey(random.Whole(20, 235));
            paint.StrokeWidth = random.Between(1, 4);
            float x = random.Between(0, width);
            float y = random.Between(0, height);
            canvas.DrawLine(
                x, y, x + (width * random.Between(-0.5f, 0.5f)), y + (height * random.Between(-0.5f, 0.5f)), paint);
        }
    }

    private static SKColor Grey(int value) => new((byte)value, (byte)value, (byte)value);

    /// <summary>A shape about the origin, as high as from -1 to 1.</summary>
    private static SKPath Outline(string shape)
    {
        var path = new SKPath { FillType = SKPathFillType.EvenOdd };
        switch (shape)
        {
            case "arrow":
                path.AddPoly(
                [
                    new(0, -1), new(0.65f, -0.1f), new(0.26f, -0.1f), new(0.26f, 1), new(-0.26f, 1), new(-0.26f, -0.1f), new(-0.65f, -0.1f),
                ]);
                break;
            case "circle":
                path.AddCircle(0, 0, 1);
                break;
            case "crescent":
                using (var whole = new SKPath())
                using (var bite = new SKPath())
                {
                    whole.AddCircle(0, 0, 1);
                    bite.AddCircle(0.45f, -0.1f, 0.8f);
                    whole.Op(bite, SKPathOp.Difference, path);
                }

                break;
            case "cross":
                path.FillType = SKPathFillType.Winding;
                path.AddRect(new SKRect(-1, -0.33f, 1, 0.33f));
                path.AddRect(new SKRect(-0.33f, -1, 0.33f, 1));
                break;
            case "heart":
                path.MoveTo(0, 1);
                path.CubicTo(-0.5f, 0.5f, -1, 0.1f, -1, -0.4f);
                path.CubicTo(-1, -1, -0.2f, -1.1f, 0, -0.45f);
                path.CubicTo(0.2f, -1.1f, 1, -1, 1, -0.4f);
                path.CubicTo(1, 0.1f, 0.5f, 0.5f, 0, 1);
                path.Close();
                break;
            case "ring":
                path.AddCircle(0, 0, 1);
                path.AddCircle(0, 0, 0.58f);
                break;
            case "star":
                path.AddPoly([.. Enumerable.Range(0, 10).Select(static i => Corner(i / 10f, i % 2 == 0 ? 1 : 0.42f))]);
                break;
            case "triangle":
                path.AddPoly([.. Enumerable.Range(0, 3).Select(static i => Corner(i / 3f, 1))]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "There is no such shape.");
        }

        return path;
    }

    private static SKPoint Corner(float turn, float radius) =>
        new(radius * MathF.Sin(turn * MathF.Tau), -radius * MathF.Cos(turn * MathF.Tau));
}
