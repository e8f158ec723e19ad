using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>A folder of small pictures, each different from the others, with the paths as rows for ML.NET.</summary>
internal sealed class DrawnImages : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DrawnImages(int count)
    {
        Rows = [.. Enumerable.Range(0, count).Select(Draw)];
    }

    public IReadOnlyList<ImageRow> Rows { get; }

    /// <summary>A path in the folder at which there is nothing yet.</summary>
    public string PathOf(string name) => _folder.PathOf(name);

    public void Dispose() => _folder.Dispose();

    /// <summary>A row with a picture of one colour.</summary>
    public ImageRow Plain(string name, SKColor color, int side = 40)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(color);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        string path = PathOf(name);
        File.WriteAllBytes(path, data.ToArray());
        return new ImageRow { Path = path };
    }

    /// <summary>The content of a picture file.</summary>
    public static byte[] Encode(int seed)
    {
        int width = 40 + (seed * 7 % 50);
        int height = 40 + (seed * 13 % 50);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bitmap.SetPixel(
                    x, y, new SKColor((byte)((seed * 37) + (x * 5)), (byte)((seed * 91) + (y * 3)), (byte)(x * y / (1 + seed))));
            }
        }

        SKEncodedImageFormat format = seed % 2 == 0 ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg;
        using SKData data = bitmap.Encode(format, quality: 90);
        return data.ToArray();
    }

    private ImageRow Draw(int seed)
    {
        string path = _folder.PathOf($"{seed:000}.{(seed % 2 == 0 ? "png" : "jpg")}");
        File.WriteAllBytes(path, Encode(seed));
        return new ImageRow { Id = seed, Path = path, Kind = seed % 3 == 0 ? "third" : "other" };
    }
}
