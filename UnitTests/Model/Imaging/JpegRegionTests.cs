using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>Of a JPEG only what the crop takes is decoded. Nothing but the time may differ from decoding all of it.</summary>
[TestClass]
public sealed class JpegRegionTests
{
    private static readonly ImagePreprocessing Small = PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 64, 64);

    [TestMethod]
    [DataRow(500, 375)]
    [DataRow(375, 500)]
    [DataRow(203, 97)]
    [DataRow(97, 203)]
    [DataRow(640, 33)]
    [DataRow(17, 300)]
    [DataRow(65, 64)]
    [DataRow(1, 1)]
    public void A_crop_is_that_of_the_whole_image(int width, int height)
    {
        byte[] rgba = Pixels.Draw(width, height, seed: width);
        foreach (SKJpegEncoderDownsample sampling in Enum.GetValues<SKJpegEncoderDownsample>())
        {
            byte[] jpeg = Encode(rgba, width, height, sampling);
            foreach (string preset in PreprocessingPresets.Names)
            {
                AssertSameAsWhole(PreprocessingPresets.Get(preset, 64, 64), jpeg, $"{width}×{height}, {sampling}, {preset}");
            }
        }
    }

    [TestMethod]
    [RequiresReference]
    public void A_crop_of_a_photo_is_that_of_the_whole_photo()
    {
        string[] folders = [Reference.PathOf("photos"), Reference.PathOf("edge")];
        foreach (string path in folders.SelectMany(static folder => Directory.GetFiles(folder, "*.jpg")))
        {
            byte[] jpeg = File.ReadAllBytes(path);
            if (Whole(jpeg) is not null)
            {
                AssertSameAsWhole(PreprocessingPresets.Get(PreprocessingPresets.Timm), jpeg, path);
            }
        }
    }

    [TestMethod]
    [RequiresReference]
    public void A_progressive_image_without_its_last_scans_is_that_of_the_whole_image()
    {
        byte[] jpeg = File.ReadAllBytes(Reference.PathOf("edge", "progressive.jpg"));
        int scans = 0;
        for (int i = 2; i < jpeg.Length - 1; i++)
        {
            if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xDA && scans++ > 0)
            {
                byte[] incomplete = [.. jpeg.AsSpan(0, i), 0xFF, 0xD9];
                AssertSameAsWhole(PreprocessingPresets.Get(PreprocessingPresets.Cvnets), incomplete, $"{scans - 1} scans");
            }
        }

        Assert.IsGreaterThan(2, scans);
    }

    [TestMethod]
    public void A_region_leaves_out_what_the_crop_does_not_take()
    {
        PixelRegion? region = Around(Encode(Pixels.Draw(500, 375, 1), 500, 375, SKJpegEncoderDownsample.Downsample420));
        Assert.IsNotNull(region);
        Assert.IsLessThan(0.75 * 500 * 375, region.Value.Width * region.Value.Height);

        Assert.IsNull(Around(Pixels.EncodePng(Pixels.Draw(500, 375, 1), 500, 375)), "PNG is decoded whole");
    }

    [TestMethod]
    public void An_image_that_is_cut_off_anywhere_is_an_error()
    {
        const int Cuts = 200;
        byte[] jpeg = Encode(Pixels.Draw(203, 97, 5), 203, 97, SKJpegEncoderDownsample.Downsample420);
        var preprocessor = new ImagePreprocessor(Small);
        byte[] crop = new byte[preprocessor.Length];

        // The last two bytes only mark the end.
        for (int i = 1; i < Cuts; i++)
        {
            byte[] cut = jpeg[..((jpeg.Length - 2) * i / Cuts)];
            InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(
                () => preprocessor.Crop(cut, crop, "cut.jpg"), $"{cut.Length} of {jpeg.Length} bytes");
            StringAssert.Contains(exception.Message, "cut.jpg");
        }
    }

    [TestMethod]
    public void Damage_is_taken_as_in_the_whole_image()
    {
        const int Images = 400;
        byte[] jpeg = Encode(Pixels.Draw(203, 97, 7), 203, 97, SKJpegEncoderDownsample.Downsample420);
        var random = new Random(11);
        int read = 0;
        for (int i = 0; i < Images; i++)
        {
            byte[] damaged = [.. jpeg];
            for (int flip = random.Next(3); flip >= 0; flip--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            using (SKCodec? codec = SKCodec.Create(new SKMemoryStream(damaged)))
            {
                if (codec is null || (long)codec.Info.Width * codec.Info.Height > 1_000_000)
                {
                    continue;
                }
            }

            // What a decoder goes over in silence is not for it to judge: see DamagedImageTests.
            var container = new ImageContainer(damaged);
            if (container.Damage is not null || container.CopyLength > 0 || Whole(damaged) is null)
            {
                var preprocessor = new ImagePreprocessor(Small);
                Assert.ThrowsExactly<InvalidDataException>(() => preprocessor.Crop(damaged, new byte[preprocessor.Length]));
            }
            else
            {
                AssertSameAsWhole(Small, damaged, $"damaged image {i}");
                read++;
            }
        }

        Assert.IsGreaterThan(Images / 2, read, "Most flipped bits leave an image that can be read.");
    }

    private static void AssertSameAsWhole(ImagePreprocessing settings, byte[] jpeg, string what)
    {
        var (pixels, width, height) = Whole(jpeg) ?? throw new InvalidDataException(what);
        var preprocessor = new ImagePreprocessor(settings, new ImageDecodingOptions { ApplyExifOrientation = false });
        byte[] expected = new byte[preprocessor.Length];
        byte[] actual = new byte[preprocessor.Length];
        preprocessor.Crop(new DecodedPixels(pixels, width, height, blueFirst: false, name: what), expected);
        preprocessor.Crop(jpeg, actual);
        Pixels.AreEqual(expected, actual, what);
    }

    private static PixelRegion? Around(byte[] encoded)
    {
        using SKCodec codec = SKCodec.Create(new SKMemoryStream(encoded));
        var plan = CropPlan.Create(Small, codec.Info.Width, codec.Info.Height);
        return ScanlineDecoder.Around(
            Resampler.Inputs(ImageOrientation.Upright, plan, Small.Interpolation), codec, new ImageContainer(encoded));
    }

    /// <summary>All pixels as SkiaSharp decodes them; null where it reports an error.</summary>
    private static (byte[] Rgba, int Width, int Height)? Whole(byte[] encoded)
    {
        using SKCodec codec = SKCodec.Create(new SKMemoryStream(encoded));
        if (codec is null)
        {
            return null;
        }

        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        return codec.GetPixels(info, bitmap.GetPixels()) == SKCodecResult.Success
            ? (bitmap.Bytes, info.Width, info.Height)
            : null;
    }

    private static byte[] Encode(byte[] rgba, int width, int height, SKJpegEncoderDownsample sampling)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData data = pixmap.Encode(new SKJpegEncoderOptions(90, sampling, SKJpegEncoderAlphaOption.Ignore));
        return data.ToArray();
    }
}
