using SkiaSharp;

namespace MlNetMobileViT.UnitTests.Estimators.Imaging;

[TestClass]
public sealed class ImageThumbnailTests
{
    [TestMethod]
    [DataRow(640, 480, 224, 168)]
    [DataRow(480, 640, 168, 224)]
    [DataRow(2000, 3, 224, 1)]
    [DataRow(100, 50, 100, 50)]
    [DataRow(1, 1, 1, 1)]
    public void The_whole_picture_fits_and_small_ones_keep_their_size(int width, int height, int expectedWidth, int expectedHeight)
    {
        byte[] rgba = Pixels.Formula(width, height);
        foreach (SKEncodedImageFormat format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg])
        {
            ImageThumbnail thumbnail = Create(Encoded.Encode(rgba, width, height, format), 224);

            Assert.AreEqual((expectedWidth, expectedHeight), (thumbnail.Width, thumbnail.Height), $"{format}");
            Assert.HasCount(4 * expectedWidth * expectedHeight, thumbnail.Rgba);
        }
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Jpeg)]
    [DataRow(SKEncodedImageFormat.Png)]
    [DataRow(SKEncodedImageFormat.Webp)]
    public void It_is_upright(SKEncodedImageFormat format)
    {
        // Red above, blue below; stored so that its top is at the right.
        const int Width = 320, Height = 200;
        byte[] rgba = new byte[Width * Height * 4];
        for (int i = 0; i < Width * Height; i++)
        {
            byte[] color = i % Width >= Width / 2 ? [255, 0, 0, 255] : [0, 0, 255, 255];
            color.CopyTo(rgba, 4 * i);
        }

        byte[] exif = Encoded.Orientation(4, [8], 4, littleEndian: true);
        ImageThumbnail thumbnail = Create(Encoded.WithExif(Encoded.Encode(rgba, Width, Height, format), format, exif), 80);

        Assert.AreEqual((50, 80), (thumbnail.Width, thumbnail.Height));
        AssertNear([255, 0, 0, 255], thumbnail.Rgba[..4]);
        AssertNear([0, 0, 255, 255], thumbnail.Rgba[^4..]);
    }

    [TestMethod]
    public void What_is_transparent_shows_white()
    {
        byte[] png = Pixels.EncodePng([10, 20, 30, 0, 10, 20, 30, 255, 100, 0, 200, 51], 3, 1);

        CollectionAssert.AreEqual(
            (byte[])[255, 255, 255, 255, 10, 20, 30, 255, 224, 204, 244, 255], Create(png, 10).Rgba);
    }

    [TestMethod]
    public void A_file_that_cannot_be_read_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("a.jpg");
        Assert.ThrowsExactly<FileNotFoundException>(() => ImageThumbnail.Create(path, 10));
        File.WriteAllText(path, "text");
        Assert.Contains($"'{path}'", Assert.ThrowsExactly<InvalidDataException>(() => ImageThumbnail.Create(path, 10)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageThumbnail.Create(path, 0));
    }

    private static ImageThumbnail Create(byte[] encoded, int maxSide)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("picture");
        File.WriteAllBytes(path, encoded);
        return ImageThumbnail.Create(path, maxSide);
    }

    private static void AssertNear(byte[] expected, byte[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 12.0, string.Join(' ', actual));
        }
    }
}
