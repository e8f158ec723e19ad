using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>The orientation as Pillow's <c>exif_transpose</c> reads it, wherever a format keeps it.</summary>
[TestClass]
public sealed class ExifOrientationTests
{
    private const int Width = 61;
    private const int Height = 43;

    private static readonly ImagePreprocessing Small = PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32);
    private static readonly byte[] Drawn = Pixels.Formula(Width, Height);

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Jpeg)]
    [DataRow(SKEncodedImageFormat.Png)]
    [DataRow(SKEncodedImageFormat.Webp)]
    public void Every_orientation_is_applied_in_either_byte_order(SKEncodedImageFormat format)
    {
        byte[] plain = Encoded.Encode(Drawn, Width, Height, format, 100);
        byte[] stored = DecodedPixelsOf(plain);
        for (int value = 1; value <= 8; value++)
        {
            var (upright, width, height) = Turning.Upright(stored, Width, Height, value);
            byte[] expected = CropOf(Encoded.Encode(upright, width, height, SKEncodedImageFormat.Png));
            foreach (bool littleEndian in (bool[])[false, true])
            {
                byte[] exif = Encoded.Orientation(3, [value], 2, littleEndian);
                Pixels.AreEqual(expected, CropOf(Encoded.WithExif(plain, format, exif)), $"{format}, {value}, {littleEndian}");
            }
        }
    }

    [TestMethod]
    [DataRow(1, 1, DisplayName = "BYTE")]
    [DataRow(3, 2, DisplayName = "SHORT")]
    [DataRow(4, 4, DisplayName = "LONG")]
    [DataRow(6, 1, DisplayName = "SBYTE")]
    [DataRow(8, 2, DisplayName = "SSHORT")]
    [DataRow(9, 4, DisplayName = "SLONG")]
    public void Any_integer_type_and_the_first_of_any_number_of_values_count(int type, int size)
    {
        foreach (bool littleEndian in (bool[])[false, true])
        {
            foreach (int count in (int[])[1, 2, 5])
            {
                int[] values = [6, .. Enumerable.Repeat(1, count - 1)];
                Assert.AreEqual(
                    ImageOrientation.FromExif(6),
                    ExifOrientation.Read(Encoded.Orientation(type, values, size, littleEndian)),
                    $"{count} values, {littleEndian}");
            }
        }
    }

    [TestMethod]
    public void Exif_data_that_is_damaged_is_taken_for_upright_and_never_read_beyond()
    {
        byte[] exif = Encoded.Orientation(3, [6, 1, 1], 2, littleEndian: true);
        for (int length = 0; length < exif.Length; length++)
        {
            Assert.AreEqual(ImageOrientation.Upright, ExifOrientation.Read(exif.AsSpan(0, length)), $"{length} bytes");
        }

        var random = new Random(17);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. exif];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] = byte.MaxValue;
            ExifOrientation.Read(damaged);
        }

        foreach (int value in (int[])[0, 9, 65536 + 6])
        {
            Assert.AreEqual(ImageOrientation.Upright, ExifOrientation.Read(Encoded.Orientation(4, [value], 4, littleEndian: false)));
        }
    }

    private static byte[] DecodedPixelsOf(byte[] encoded)
    {
        using SKBitmap bitmap = SKBitmap.Decode(encoded);
        return bitmap.Pixels.SelectMany(pixel => (byte[])[pixel.Red, pixel.Green, pixel.Blue, pixel.Alpha]).ToArray();
    }

    private static byte[] CropOf(byte[] encoded)
    {
        var preprocessor = new ImagePreprocessor(Small);
        byte[] crop = new byte[preprocessor.Length];
        preprocessor.Crop(encoded, crop);
        return crop;
    }
}
