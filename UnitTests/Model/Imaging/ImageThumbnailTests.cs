using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

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
    public void The_colour_of_what_is_transparent_does_not_show_beside_it()
    {
        // White where it is seen; black where it is not.
        const int Side = 256;
        byte[] rgba = new byte[Side * Side * 4];
        for (int i = 0; i < Side * Side; i++)
        {
            int x = i % Side, y = i / Side;
            bool isSeen = ((x / 5) + (y / 7)) % 2 == 0;
            rgba.AsSpan(4 * i, 4).Fill(isSeen ? byte.MaxValue : (byte)0);
        }

        foreach (int side in (int[])[Side, 100, 31])
        {
            byte[] shown = Create(Pixels.EncodePng(rgba, Side, Side), side).Rgba;

            Assert.IsTrue(shown.All(value => value == byte.MaxValue), $"{side}: the darkest is {shown.Min()}");
        }
    }

    [TestMethod]
    [DataRow(0, (byte)5, 40)]
    [DataRow(6, (byte)5, 40)]
    [DataRow(6, null, 40)]
    [DataRow(0, (byte)5, 15)]
    public void What_is_transparent_in_a_gif_and_what_its_frame_leaves_free_shows_white(int margin, byte? transparent, int side)
    {
        // The left half of the frame is of the transparent colour, the right of another.
        const int Side = 40;
        var frame = new PixelRegion(margin, margin, Side - (2 * margin), Side - (2 * margin));
        byte[] indices = Enumerable.Range(0, frame.Width * frame.Height)
            .Select(i => i % frame.Width < frame.Width / 2 ? (byte)5 : (byte)9).ToArray();

        byte[] shown = Create(Encoded.Gif((Side, Side), frame, indices, transparent), side).Rgba;

        byte[] white = [255, 255, 255, 255];
        if (margin > 0)
        {
            AssertNear(white, Pixel(1, 1));
            AssertNear(white, Pixel(Side - 2, Side / 2));
        }

        AssertNear(transparent is null ? [.. Encoded.PaletteColor(5), 255] : white, Pixel(Side / 4, Side / 2));
        AssertNear([.. Encoded.PaletteColor(9), 255], Pixel(Side * 3 / 4, Side / 2));

        byte[] Pixel(int x, int y) => shown.AsSpan(4 * ((y * side / Side * side) + (x * side / Side)), 4).ToArray();
    }

    [TestMethod]
    public void What_the_mask_of_an_icon_leaves_out_shows_white()
    {
        // 16×16 pixels of 24 bits; the mask leaves out the first 8 of each row.
        const int Side = 16;
        byte[] bitmap =
        [
            40, 0, 0, 0, Side, 0, 0, 0, 2 * Side, 0, 0, 0, 1, 0, 24, 0, .. new byte[24],
            .. Enumerable.Repeat((byte)60, 3 * Side * Side), .. Enumerable.Repeat((byte[])[0xFF, 0, 0, 0], Side).SelectMany(row => row),
        ];
        byte[] icon =
        [
            0, 0, 1, 0, 1, 0, Side, Side, 0, 0, 1, 0, 24, 0, .. BitConverter.GetBytes(bitmap.Length), 22, 0, 0, 0, .. bitmap,
        ];

        byte[] shown = Create(icon, Side).Rgba;

        CollectionAssert.AreEqual((byte[])[255, 255, 255, 255], shown[..4]);
        CollectionAssert.AreEqual((byte[])[60, 60, 60, 255], shown[32..36]);
    }

    [TestMethod]
    [DataRow(1600, 1200, 224)]
    [DataRow(1203, 1600, 224)]
    [DataRow(300, 200, 299)]
    public void It_is_as_sharp_as_its_size_allows(int width, int height, int side)
    {
        // Stripes as fine as the thumbnail can show: an image that was smaller before would be grey.
        double period = 2.5 * Math.Max(width, height) / side;
        byte[] rgba = new byte[width * height * 4];
        for (int i = 0; i < width * height; i++)
        {
            rgba.AsSpan(4 * i, 3).Fill(i % width % period < period / 2 ? byte.MaxValue : (byte)0);
            rgba[(4 * i) + 3] = byte.MaxValue;
        }

        double exact = Contrast(Create(Encoded.Encode(rgba, width, height, SKEncodedImageFormat.Png), side));
        foreach (SKEncodedImageFormat format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp])
        {
            double contrast = Contrast(Create(Encoded.Encode(rgba, width, height, format), side));

            Assert.IsGreaterThan(0.7 * exact, contrast, $"{format}");
        }

        static double Contrast(ImageThumbnail thumbnail)
        {
            double sum = 0;
            for (int i = 4; i < thumbnail.Rgba.Length; i += 4)
            {
                sum += i / 4 % thumbnail.Width == 0 ? 0 : Math.Abs(thumbnail.Rgba[i] - thumbnail.Rgba[i - 4]);
            }

            return sum / (thumbnail.Width * thumbnail.Height);
        }
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
