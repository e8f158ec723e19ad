using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>Images for tests: lossless files read, and pictures that a formula gives.</summary>
internal static class Pixels
{
    /// <summary>An RGB file as <c>[H, W, 3]</c>, read without our own decoder.</summary>
    public static byte[] ReadRgb(string path)
    {
        using SKBitmap bitmap = SKBitmap.Decode(path);
        return bitmap.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue }).ToArray();
    }

    /// <summary>Pseudorandom RGBA pixels in which edges, flat parts and noise occur.</summary>
    public static byte[] Draw(int width, int height, int seed)
    {
        var random = new Random(seed);
        byte[] rgba = new byte[width * height * 4];
        for (int i = 0; i < rgba.Length; i++)
        {
            rgba[i] = random.Next(4) switch
            {
                0 => 0,
                1 => 255,
                2 => i >= 4 ? rgba[i - 4] : (byte)128,
                _ => (byte)random.Next(256),
            };
        }

        return rgba;
    }

    /// <summary>The formula picture: channel c of pixel (x, y) is (31c + 7y + 13x) mod 256.</summary>
    public static byte[] Formula(int width, int height)
    {
        byte[] rgba = new byte[width * height * 4];
        for (int i = 0; i < rgba.Length; i++)
        {
            int x = i / 4 % width, y = i / 4 / width, channel = i % 4;
            rgba[i] = channel == 3 ? (byte)255 : (byte)((31 * channel) + (7 * y) + (13 * x));
        }

        return rgba;
    }

    /// <summary>RGBA pixels as the content of a PNG file.</summary>
    public static byte[] EncodePng(ReadOnlySpan<byte> rgba, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Marshal.Copy(rgba.ToArray(), 0, bitmap.GetPixels(), rgba.Length);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The first three of every four bytes.</summary>
    public static byte[] DropAlpha(ReadOnlySpan<byte> rgba)
    {
        byte[] rgb = new byte[rgba.Length / 4 * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = rgba[(i / 3 * 4) + (i % 3)];
        }

        return rgb;
    }

    /// <summary>Fails with the number of different bytes and the largest difference unless the two are equal.</summary>
    public static void AreEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        Assert.AreEqual(expected.Length, actual.Length, what);
        int different = 0, largest = 0, first = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            int difference = Math.Abs(expected[i] - actual[i]);
            if (difference != 0)
            {
                first = first < 0 ? i : first;
                different++;
                largest = Math.Max(largest, difference);
            }
        }

        Assert.AreEqual(0, different, $"{what}: bytes differ, by up to {largest}, the first at {first}.");
    }
}
