using System.Buffers.Binary;
using Microsoft.ML.Data;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ImagePreprocessorTests
{
    private const int Width = 61;
    private const int Height = 43;

    private static readonly ImagePreprocessing Small = PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32);
    private static readonly byte[] Drawn = Pixels.Draw(Width, Height, 3);

    [TestMethod]
    [DataRow(PreprocessingPresets.Cvnets)]
    [DataRow(PreprocessingPresets.Timm)]
    [DataRow(PreprocessingPresets.Squash)]
    public void A_png_becomes_the_plain_resize_of_its_pixels(string preset)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(preset, 32, 32));

        byte[] crop = CropOf(preprocessor, Pixels.EncodePng(Drawn, Width, Height));

        Pixels.AreEqual(Expected(preset, Drawn, Width, Height), crop, preset);
    }

    [TestMethod]
    public void Preprocess_gives_the_crop_as_planes_of_blue_green_and_red()
    {
        var preprocessor = new ImagePreprocessor(Small);
        float[] planes = new float[preprocessor.Length];

        preprocessor.Preprocess(Pixels.EncodePng(Drawn, Width, Height), planes);

        byte[] crop = Expected(PreprocessingPresets.Cvnets, Drawn, Width, Height);
        for (int i = 0; i < planes.Length; i++)
        {
            Assert.AreEqual(crop[(3 * (i % 1024)) + 2 - (i / 1024)] / 255f, planes[i]);
        }
    }

    [TestMethod]
    public void A_path_bytes_and_an_MLImage_of_either_pixel_format_give_the_same()
    {
        using var folder = new TemporaryFolder();
        byte[] opaque = Opaque(Drawn);
        byte[] png = Pixels.EncodePng(opaque, Width, Height);
        string path = folder.PathOf("گربه é.with.wrong.extension.jpg");
        File.WriteAllBytes(path, png);
        byte[] bgra = [.. opaque];
        for (int i = 0; i < bgra.Length; i += 4)
        {
            (bgra[i], bgra[i + 2]) = (bgra[i + 2], bgra[i]);
        }

        using var rgbaImage = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, opaque);
        using var bgraImage = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, bgra);
        var preprocessor = new ImagePreprocessor(Small);
        float[] expected = new float[preprocessor.Length];
        float[] actual = new float[preprocessor.Length];
        byte[] actualCrop = new byte[preprocessor.Length];
        preprocessor.Preprocess(png, expected);
        byte[] expectedCrop = CropOf(preprocessor, png);

        preprocessor.Preprocess(path, actual);
        CollectionAssert.AreEqual(expected, actual);
        preprocessor.Preprocess(rgbaImage, actual);
        CollectionAssert.AreEqual(expected, actual);
        preprocessor.Preprocess(bgraImage, actual);
        CollectionAssert.AreEqual(expected, actual);
        preprocessor.Crop(path, actualCrop);
        CollectionAssert.AreEqual(expectedCrop, actualCrop);
        preprocessor.Crop(bgraImage, actualCrop);
        CollectionAssert.AreEqual(expectedCrop, actualCrop);
    }

    [TestMethod]
    public void Alpha_is_dropped_and_colour_kept_even_where_it_is_invisible()
    {
        byte[] transparent = [.. Drawn];
        for (int i = 3; i < transparent.Length; i += 4)
        {
            transparent[i] = (byte)(i / 4 % 3 * 100);
        }

        var preprocessor = new ImagePreprocessor(Small);

        CollectionAssert.AreEqual(
            CropOf(preprocessor, Pixels.EncodePng(Opaque(Drawn), Width, Height)),
            CropOf(preprocessor, Pixels.EncodePng(transparent, Width, Height)));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    [DataRow(7)]
    [DataRow(8)]
    public void Exif_orientation_is_applied_by_default_and_can_be_turned_off(int orientation)
    {
        byte[] plain = EncodeJpeg(Drawn);
        byte[] tagged = WithExifOrientation(plain, orientation);
        byte[] stored = DecodeJpeg(plain);
        var (upright, width, height) = Turning.Upright(stored, Width, Height, orientation);

        byte[] applied = CropOf(new ImagePreprocessor(Small), tagged);
        byte[] ignored = CropOf(new ImagePreprocessor(Small, new() { ApplyExifOrientation = false }), tagged);

        Pixels.AreEqual(Expected(PreprocessingPresets.Cvnets, upright, width, height), applied, "applied");
        Pixels.AreEqual(Expected(PreprocessingPresets.Cvnets, stored, Width, Height), ignored, "ignored");
    }

    [TestMethod]
    public void Threads_that_share_a_preprocessor_get_what_one_thread_gets()
    {
        var preprocessor = new ImagePreprocessor(Small);
        byte[][] images = Enumerable.Range(0, 12)
            .Select(i => Pixels.EncodePng(Pixels.Draw(20 + (17 * i), 200 - (11 * i), i), 20 + (17 * i), 200 - (11 * i)))
            .ToArray();
        float[][] expected = images.Select(Preprocess).ToArray();

        Parallel.For(0, 240, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            CollectionAssert.AreEqual(expected[i % images.Length], Preprocess(images[i % images.Length])));

        float[] Preprocess(byte[] image)
        {
            float[] planes = new float[preprocessor.Length];
            preprocessor.Preprocess(image, planes);
            return planes;
        }
    }

    [TestMethod]
    public void A_missing_file_or_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        foreach (string path in new[] { folder.PathOf("missing.jpg"), folder.PathOf("missing", "cat.jpg") })
        {
            var exception = Assert.ThrowsExactly<FileNotFoundException>(() => PreprocessFile(path));
            Assert.Contains($"There is no image file '{path}'", exception.Message);
            Assert.AreEqual(path, exception.FileName);
        }
    }

    [TestMethod]
    public void A_folder_in_place_of_a_file_is_named()
    {
        using var folder = new TemporaryFolder();

        var exception = Assert.ThrowsExactly<UnauthorizedAccessException>(() => PreprocessFile(folder.Root));

        Assert.AreEqual($"'{folder.Root}' is a folder, not an image file.", exception.Message);
    }

    [TestMethod]
    public void An_empty_path_is_an_argument_error() =>
        Assert.ThrowsExactly<ArgumentException>(() => PreprocessFile(string.Empty));

    [TestMethod]
    public void An_empty_file_is_named_and_called_empty()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("empty.jpg");
        File.WriteAllBytes(path, []);

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => PreprocessFile(path));

        Assert.AreEqual($"'{path}' cannot be read as an image: it is empty.", exception.Message);
    }

    [TestMethod]
    [DataRow("", "it is empty")]
    [DataRow("This is a text, whatever its name.", "its content is not an image of a known format; JPEG, PNG, WebP, GIF, BMP and ICO")]
    [DataRow("II*\0\b\0\0\0\0\0\0\0", "it is TIFF, which is not supported; convert it to PNG or JPEG")]
    [DataRow("MM\0*\0\0\0\b\0\0\0\0", "it is TIFF, which is not supported")]
    [DataRow("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "it is HEIF or another ISO media format, which is not supported")]
    [DataRow("\0\0\0\u0018ftypavif\0\0\0\0mif1avif", "it is AVIF, which is not supported")]
    [DataRow("\0\0\0\fjP  \r\n", "it is JPEG 2000, which is not supported")]
    [DataRow("%PDF-1.7", "it is PDF, which is not supported")]
    [DataRow("GIF89a", "its header is damaged or cut off")]
    public void Content_that_is_no_image_is_an_error_that_says_what_it_is(string content, string reason)
    {
        var exception = FailureOf(content.Select(c => (byte)c).ToArray());

        Assert.Contains("'row 7' cannot be read as an image: " + reason, exception.Message);
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Jpeg, 90)]
    [DataRow(SKEncodedImageFormat.Jpeg, 50)]
    [DataRow(SKEncodedImageFormat.Jpeg, 2)]
    [DataRow(SKEncodedImageFormat.Png, 90)]
    [DataRow(SKEncodedImageFormat.Png, 50)]
    [DataRow(SKEncodedImageFormat.Png, 1)]
    [DataRow(SKEncodedImageFormat.Webp, 90)]
    [DataRow(SKEncodedImageFormat.Webp, 50)]
    [DataRow(SKEncodedImageFormat.Webp, 5)]
    public void An_image_that_is_cut_off_is_an_error_and_never_half_an_image(SKEncodedImageFormat format, int percent)
    {
        byte[] whole = Encode(Drawn, format);
        Assert.AreEqual(3 * 32 * 32, CropOf(new ImagePreprocessor(Small), whole).Length);

        var exception = FailureOf(whole[..(whole.Length * percent / 100)]);

        Assert.Contains("'row 7' cannot be read as an image: ", exception.Message);
        Assert.Contains("get the file again from where it came from", exception.Message);
    }

    [TestMethod]
    public void A_png_with_a_flipped_bit_is_an_error()
    {
        byte[] png = Encode(Drawn, SKEncodedImageFormat.Png);
        png[png.Length / 2] ^= 0x10;

        Assert.Contains("'row 7' cannot be read as an image", FailureOf(png).Message);
    }

    [TestMethod]
    public void A_png_that_declares_60000_by_60000_pixels_is_refused_before_they_are_allocated()
    {
        byte[] png = DeclareSize(Pixels.EncodePng(Drawn, Width, Height), 60_000, 60_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var exception = FailureOf(png);

        Assert.IsLessThan(10_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains(
            "'row 7' declares 60000×60000 pixels, more than the 178956970 that are accepted; scale it down, or raise "
            + "ImageDecodingOptions.MaxPixels (--max-pixels).",
            exception.Message);
    }

    [TestMethod]
    public void MaxPixels_is_inclusive_and_holds_for_MLImages_too()
    {
        byte[] png = Pixels.EncodePng(Drawn, Width, Height);
        using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, Drawn);
        var enough = new ImagePreprocessor(Small, new() { MaxPixels = Width * Height });
        var tooFew = new ImagePreprocessor(Small, new() { MaxPixels = (Width * Height) - 1 });
        float[] planes = new float[enough.Length];

        enough.Preprocess(png, planes);
        enough.Preprocess(image, planes);

        Assert.ThrowsExactly<InvalidDataException>(() => tooFew.Preprocess(png, planes));
        image.Tag = "cat.jpg";
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => tooFew.Preprocess(image, planes));
        Assert.Contains("The image 'cat.jpg' has 61×43 pixels, more than the 2622 that are accepted", exception.Message);
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(-1L)]
    [DataRow(500_000_001L)]
    public void MaxPixels_out_of_range_is_an_argument_error(long maxPixels) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImagePreprocessor(Small, new() { MaxPixels = maxPixels }));

    [TestMethod]
    public void Settings_out_of_range_are_an_argument_error()
    {
        foreach ((ImagePreprocessing settings, string name) in new[]
        {
            (Small with { Width = 0 }, "Width"),
            (Small with { ChannelOrder = (ImageChannelOrder)9 }, "ChannelOrder"),
            (Small with { Resize = (ImageResizeMode)9 }, "Resize"),
            (Small with { CropRounding = (CropRounding)9 }, "CropRounding"),
            (Small with { Interpolation = (ImageInterpolation)9 }, "Interpolation"),
            (Small with { Mean = null! }, "Mean"),
            (Small with { Std = [1, 0, 1] }, "Std"),
        })
        {
            var error = Assert.ThrowsExactly<ArgumentException>(() => new ImagePreprocessor(settings));
            StringAssert.StartsWith(error.Message, name, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_destination_of_another_length_is_an_argument_error()
    {
        var preprocessor = new ImagePreprocessor(Small);
        byte[] png = Pixels.EncodePng(Drawn, Width, Height);

        var exception = Assert.ThrowsExactly<ArgumentException>(() => preprocessor.Preprocess(png, new float[3071]));

        Assert.Contains("holds 3071 values; it must hold 3 × 32 × 32 = 3072", exception.Message);
        Assert.ThrowsExactly<ArgumentException>(() => preprocessor.Crop(png, new byte[3073]));
    }

    [TestMethod]
    public void A_preprocessor_works_on_after_errors()
    {
        var preprocessor = new ImagePreprocessor(Small);
        byte[] png = Pixels.EncodePng(Drawn, Width, Height);
        byte[] expected = CropOf(preprocessor, png);
        for (int i = 0; i < 100; i++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => CropOf(preprocessor, png[..^100]));
        }

        CollectionAssert.AreEqual(expected, CropOf(preprocessor, png));
    }

    private static byte[] CropOf(ImagePreprocessor preprocessor, byte[] encoded)
    {
        byte[] crop = new byte[preprocessor.Length];
        preprocessor.Crop(encoded, crop);
        return crop;
    }

    private static void PreprocessFile(string path)
    {
        var preprocessor = new ImagePreprocessor(Small);
        preprocessor.Preprocess(path, new float[preprocessor.Length]);
    }

    private static InvalidDataException FailureOf(byte[] encoded)
    {
        var preprocessor = new ImagePreprocessor(Small);
        return Assert.ThrowsExactly<InvalidDataException>(
            () => preprocessor.Preprocess(encoded, new float[preprocessor.Length], "row 7"));
    }

    /// <summary>What the presets say for a 32×32 input, computed plainly.</summary>
    private static byte[] Expected(string preset, byte[] rgba, int width, int height)
    {
        int shorter = preset == PreprocessingPresets.Cvnets ? 36 : 35;
        bool bicubic = preset == PreprocessingPresets.Timm;
        if (preset == PreprocessingPresets.Squash)
        {
            return Pixels.DropAlpha(PlainResize.Resize(rgba, width, height, 32, 32, bicubic));
        }

        int newWidth = width < height ? shorter : (int)((double)shorter * width / height);
        int newHeight = width < height ? (int)((double)shorter * height / width) : shorter;
        byte[] resized = PlainResize.Resize(rgba, width, height, newWidth, newHeight, bicubic);
        int left = Offset(newWidth - 32), top = Offset(newHeight - 32);
        return Pixels.DropAlpha(PlainResize.Crop(resized, newWidth, left, top, 32, 32));

        int Offset(int margin) => bicubic ? (int)Math.Round(margin / 2.0, MidpointRounding.ToEven) : margin / 2;
    }

    private static byte[] Opaque(byte[] rgba)
    {
        byte[] opaque = [.. rgba];
        for (int i = 3; i < opaque.Length; i += 4)
        {
            opaque[i] = 255;
        }

        return opaque;
    }

    private static byte[] EncodeJpeg(byte[] rgba) => Encode(rgba, SKEncodedImageFormat.Jpeg);

    private static byte[] Encode(byte[] rgba, SKEncodedImageFormat format)
    {
        using var bitmap = SKBitmap.Decode(Pixels.EncodePng(Opaque(rgba), Width, Height));
        using SKData data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private static byte[] DecodeJpeg(byte[] jpeg)
    {
        using SKBitmap bitmap = SKBitmap.Decode(jpeg);
        return bitmap.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue, pixel.Alpha }).ToArray();
    }

    /// <summary>Puts an APP1 segment with one EXIF tag behind a JPEG's start marker.</summary>
    private static byte[] WithExifOrientation(byte[] jpeg, int orientation)
    {
        byte[] segment =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8,
            .. "MM\0*\0\0\0\b"u8, // big-endian TIFF, first directory at 8
            0, 1, // one entry
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, // orientation, SHORT, one value
            0, 0, 0, 0, // no further directory
        ];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }

    /// <summary>Changes the size in a PNG's header and makes the header's checksum right again.</summary>
    private static byte[] DeclareSize(byte[] png, int width, int height)
    {
        const int Header = 16;
        byte[] changed = [.. png];
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(Header), width);
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(Header + 4), height);
        uint crc = uint.MaxValue;
        foreach (byte value in changed.AsSpan(Header - 4, 17))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(Header + 13), ~crc);
        return changed;
    }
}
