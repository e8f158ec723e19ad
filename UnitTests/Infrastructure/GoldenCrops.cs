using System.Text.Json;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>The reference's own preprocessed crops, so that a model can be tested apart from our preprocessing.</summary>
internal static class GoldenCrops
{
    /// <summary>The photos in the order of the goldens' rows.</summary>
    public static string[] PhotoNames() =>
        JsonSerializer.Deserialize<string[]>(File.ReadAllText(Reference.PathOf("golden", "photos.json")))!;

    /// <summary>The crops of a preset of MobileViTv2 and their photos; there is not one of every photo for each.</summary>
    /// <param name="preset">What the files call the preset.</param>
    public static IEnumerable<(string Photo, string Crop)> OfV2(string preset) =>
        from photo in PhotoNames()
        let crop = Reference.V2PathOf("golden", "crops", $"{Path.GetFileNameWithoutExtension(photo)}.{preset}.png")
        where File.Exists(crop)
        select (photo, crop);

    /// <summary>A crop as a model's input, <c>[3, 256, 256]</c> in [0, 1].</summary>
    /// <param name="photo">The name of the photo.</param>
    /// <param name="preset">The preset whose crop is wanted.</param>
    /// <param name="order">The channel order; null for the preset's.</param>
    public static float[] Pixels(string photo, string preset, ImageChannelOrder? order = null)
    {
        string file = Reference.PathOf("golden", "crops", $"{Path.GetFileNameWithoutExtension(photo)}.{preset}.png");
        return Read(file, order ?? PreprocessingPresets.Get(preset).ChannelOrder);
    }

    /// <summary>A file as a model's input, <c>[3, H, W]</c> in [0, 1].</summary>
    public static float[] Read(string file, ImageChannelOrder order)
    {
        using SKBitmap bitmap = SKBitmap.Decode(file);
        bool isBgr = order == ImageChannelOrder.Bgr;
        int plane = bitmap.Width * bitmap.Height;
        float[] pixels = new float[3 * plane];
        for (int i = 0; i < plane; i++)
        {
            SKColor color = bitmap.GetPixel(i % bitmap.Width, i / bitmap.Width);
            pixels[i] = (isBgr ? color.Blue : color.Red) / 255f;
            pixels[plane + i] = color.Green / 255f;
            pixels[(2 * plane) + i] = (isBgr ? color.Red : color.Blue) / 255f;
        }

        return pixels;
    }
}
