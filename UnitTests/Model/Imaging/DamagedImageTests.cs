using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>Damage that decoders go over in silence. Half an image is never returned, and nothing that is whole is refused.</summary>
[TestClass]
public sealed class DamagedImageTests
{
    private const int Width = 203;
    private const int Height = 97;

    // One that decodes a part of a JPEG, and one that decodes it whole.
    private static readonly ImagePreprocessing[] Settings =
    [
        PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32), PreprocessingPresets.Get(PreprocessingPresets.Squash, 32, 32),
    ];

    private static readonly byte[] Drawn = Pixels.Draw(Width, Height, 3);

    [TestMethod]
    [DataRow(new byte[] { 0xFF, 0xD9 }, "the end of the picture")]
    [DataRow(new byte[] { 0xFF, 0xC4, 0x00, 0x03, 0x00 }, "tables")]
    [DataRow(new byte[] { 0xFF, 0xD8 }, "a start")]
    [DataRow(new byte[] { 0xFF, 0xC0, 0x00, 0x0B }, "a frame")]
    [DataRow(new byte[] { 0xFF, 0xDA, 0x00, 0x08, 0x01 }, "a scan")]
    [DataRow(new byte[] { 0xFF, 0xE4, 0x00, 0x02 }, "an application's data")]
    [DataRow(new byte[] { 0xFF, 0xFE, 0x00, 0x02 }, "a comment")]
    [DataRow(new byte[] { 0xFF, 0xD3 }, "a restart where there are none")]
    [DataRow(new byte[] { 0xFF, 0xFF, 0xFF, 0x40 }, "an unknown marker behind fill bytes")]
    public void A_jpeg_with_a_marker_in_its_picture_data_is_an_error(byte[] marker, string what)
    {
        byte[] jpeg = Encoded.Encode(Drawn, Width, Height, SKEncodedImageFormat.Jpeg);
        int scan = Encoded.ScanOf(jpeg);
        foreach (int percent in (int[])[1, 50, 90])
        {
            int place = scan + ((jpeg.Length - scan) * percent / 100);
            AssertDamaged([.. jpeg[..place], .. marker, .. jpeg[place..]], $"{what} at {percent} %");
            AssertDamaged([.. jpeg[..place], .. marker, .. jpeg[(place + marker.Length)..]], $"{what} over data at {percent} %");
        }
    }

    [TestMethod]
    [DataRow(new byte[] { 0 }, "a byte")]
    [DataRow(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xD9 }, "another JPEG")]
    [DataRow(new byte[] { 0xFF, 0xC4, 0x40 }, "a marker")]
    public void What_follows_the_end_of_a_jpeg_does_not_matter(byte[] behind, string what)
    {
        byte[] jpeg = Encoded.Encode(Drawn, Width, Height, SKEncodedImageFormat.Jpeg);
        AssertSame(jpeg, [.. jpeg, .. behind], what);
    }

    [TestMethod]
    [DataRow(new byte[] { 0xFF, 0xFE, 0x00, 0x04, 0x41, 0x42 }, "a comment")]
    [DataRow(new byte[] { 0xFF, 0xED, 0x00, 0x02 }, "an application's data")]
    [DataRow(new byte[] { 0xFF, 0xD0 }, "a restart")]
    [DataRow(new byte[] { 0xFF, 0xFF, 0xFF }, "fill bytes")]
    [DataRow(new byte[] { 0xFF, 0x00 }, "data too much")]
    public void What_is_between_the_picture_data_of_a_jpeg_and_its_end_does_not_matter(byte[] between, string what)
    {
        byte[] jpeg = Encoded.Encode(Drawn, Width, Height, SKEncodedImageFormat.Jpeg);
        AssertSame(jpeg, [.. jpeg[..^2], .. between, .. jpeg[^2..]], what);
    }

    [TestMethod]
    [DataRow("D0 D1 D2", true)]
    [DataRow("D0 D1 D2 D3", true)]
    [DataRow("D0 D2 D1", false)]
    [DataRow("D1 D2 D3", false)]
    [DataRow("D0 D9 D1", false)]
    public void Restarts_of_a_jpeg_are_expected_in_their_order(string restarts, bool isWhole)
    {
        // Four grey blocks with a restart between them. A code of one bit says that the first value is that of the block
        // before, another that there are no more; ones fill the byte.
        const byte Block = 0x3F;
        byte[] markers = restarts.Split(' ').Select(code => Convert.ToByte(code, 16)).ToArray();
        byte[] data = [Block, .. markers.SelectMany(marker => (byte[])[0xFF, marker, Block])];
        byte[] jpeg =
        [
            0xFF, 0xD8,
            .. Encoded.JpegSegment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. Encoded.JpegSegment(0xC0, [8, 0, 8, 0, 32, 1, 1, 0x11, 0]),
            .. Encoded.JpegSegment(0xC4, [0x00, 1, .. new byte[15], 0]),
            .. Encoded.JpegSegment(0xC4, [0x10, 1, .. new byte[15], 0]),
            .. Encoded.JpegSegment(0xDD, [0, 1]),
            .. Encoded.JpegSegment(0xDA, [1, 1, 0, 0, 63, 0]),
            .. data,
            0xFF, 0xD9,
        ];

        if (isWhole)
        {
            foreach (ImagePreprocessing settings in Settings)
            {
                CollectionAssert.AreEqual(Enumerable.Repeat((byte)128, 3 * 32 * 32).ToArray(), CropOf(settings, jpeg), restarts);
            }
        }
        else
        {
            AssertDamaged(jpeg, restarts);
        }
    }

    [TestMethod]
    public void A_progressive_jpeg_with_an_end_before_its_last_scan_is_an_error()
    {
        // A grey block: a scan for its first value, another for the rest, with the codes of the picture above.
        const byte Data = 0x7F;
        byte[] first =
        [
            0xFF, 0xD8,
            .. Encoded.JpegSegment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. Encoded.JpegSegment(0xC2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
            .. Encoded.JpegSegment(0xC4, [0x00, 1, .. new byte[15], 0]),
            .. Encoded.JpegSegment(0xDA, [1, 1, 0, 0, 0, 0]), Data,
        ];
        byte[] second =
        [
            .. Encoded.JpegSegment(0xC4, [0x10, 1, .. new byte[15], 0]), .. Encoded.JpegSegment(0xDA, [1, 1, 0, 1, 63, 0]), Data,
        ];
        byte[] end = [0xFF, 0xD9];
        byte[] whole = [.. first, .. second, .. end];

        foreach (ImagePreprocessing settings in Settings)
        {
            CollectionAssert.AreEqual(Enumerable.Repeat((byte)128, 3 * 32 * 32).ToArray(), CropOf(settings, whole));
        }

        AssertSame(whole, [.. whole, 0, 0, 0xFF, 0x41, 7], "something behind the end");
        AssertSame(whole, [.. whole, 0, 0, .. whole], "another picture behind the end");
        AssertSame(whole, [.. whole, .. end], "the end twice");
        AssertSame(whole, [.. whole, .. end, .. end], "the end three times");
        AssertSame(whole, [.. whole, 0, 0, 0, .. end], "zeros and the end again");
        AssertSame(whole, [.. whole, 0xFF, 0xFF, 0, 0, .. end], "fill bytes, zeros and the end again");
        AssertDamaged([.. first, .. end, .. second, .. end], "between the scans");
        AssertDamaged([.. first, .. end, .. second, .. end, .. end], "between the scans, and the end twice");
        AssertDamaged([.. first, .. end, .. end, .. second, .. end], "twice between the scans");
        AssertDamaged([.. first, .. end, 0, 0, .. end, .. second, .. end], "twice between the scans, with zeros between");
        AssertDamaged([.. first, .. second, .. end, Data, Data, .. end], "in the last scan");
        AssertDamaged([.. first, .. second, .. end, 0, Data, .. end], "in the last scan, before a zero");
        AssertDamaged([.. first, .. second, .. end, 0, .. end, Data, .. end], "twice in the last scan");
    }

    [TestMethod]
    [DataRow("gAMA")]
    [DataRow("tRNS")]
    [DataRow("teSt")]
    public void A_png_with_a_wrong_checksum_before_its_pixels_is_an_error(string chunk)
    {
        byte[] png = Encoded.Encode(Drawn, Width, Height, SKEncodedImageFormat.Png);
        byte[] changed = Encoded.WithPngChunk(png, chunk, [0, 0, 177, 143, 0, 0]);
        if (chunk == "teSt")
        {
            AssertSame(png, changed, "a chunk that nobody knows");
        }

        changed[33 + 8] ^= 1;

        AssertDamaged(changed, chunk);
    }

    [TestMethod]
    public void A_png_that_is_cut_off_behind_its_pixels_is_an_error()
    {
        byte[] png = Encoded.Encode(Drawn, Width, Height, SKEncodedImageFormat.Png);
        byte[] end = png[^12..];
        byte[] text = Encoded.PngChunk("tEXt", new byte[100]);

        AssertSame(png, [.. png[..^12], .. text, .. end], "a text behind the pixels");
        AssertDamaged([.. png[..^12], .. text[..50]], "a text that is cut off");
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(60)]
    public void A_webp_that_lacks_bytes_in_the_middle_is_an_error(int quality)
    {
        byte[] webp = Encoded.Encode(Drawn, Width, Height, SKEncodedImageFormat.Webp, quality);
        AssertSame(webp, [.. webp, 1, 2, 3], "something behind the end");
        foreach (int count in (int[])[2, 10, 1000])
        {
            AssertDamaged([.. webp[..(webp.Length / 2)], .. webp[((webp.Length / 2) + count)..]], $"{count} bytes less");
        }
    }

    [TestMethod]
    public void An_icon_whose_largest_picture_is_damaged_is_an_error()
    {
        byte[] small = Encoded.Encode(Pixels.Draw(24, 24, 4), 24, 24, SKEncodedImageFormat.Png);
        byte[] large = Encoded.Encode(Pixels.Draw(48, 48, 5), 48, 48, SKEncodedImageFormat.Png);
        byte[] smallChanged = Encoded.WithPngChunk(small, "gAMA", [0, 0, 177, 143]);
        byte[] largeChanged = Encoded.WithPngChunk(large, "gAMA", [0, 0, 177, 143]);
        smallChanged[33 + 8] ^= 1;
        largeChanged[33 + 8] ^= 1;

        AssertSame(large, Icon(small, large), "an icon");
        AssertSame(large, Icon(smallChanged, large), "damage in a picture that is not taken");
        AssertDamaged(Icon(small, largeChanged), "a wrong checksum");
        AssertDamaged(Icon(small, [1, 2, 3, .. large]), "a picture that begins like none");
        AssertDamaged(Icon(small, large)[..^20], "cut off");

        static byte[] Icon(byte[] small, byte[] large) =>
        [
            0, 0, 1, 0, 2, 0,
            24, 24, 0, 0, 1, 0, 32, 0, .. BitConverter.GetBytes(small.Length), 38, 0, 0, 0,
            48, 48, 0, 0, 1, 0, 32, 0, .. BitConverter.GetBytes(large.Length), .. BitConverter.GetBytes(38 + small.Length),
            .. small, .. large,
        ];
    }

    private static void AssertDamaged(byte[] encoded, string what)
    {
        foreach (ImagePreprocessing settings in Settings)
        {
            var exception = Assert.ThrowsExactly<InvalidDataException>(() => CropOf(settings, encoded), what);
            StringAssert.StartsWith(exception.Message, "'row 7' cannot be read as an image: ", StringComparison.Ordinal);
            StringAssert.EndsWith(exception.Message, "; get the file again from where it came from.", StringComparison.Ordinal);
        }
    }

    private static void AssertSame(byte[] expected, byte[] encoded, string what)
    {
        foreach (ImagePreprocessing settings in Settings)
        {
            CollectionAssert.AreEqual(CropOf(settings, expected), CropOf(settings, encoded), what);
        }
    }

    private static byte[] CropOf(ImagePreprocessing settings, byte[] encoded)
    {
        var preprocessor = new ImagePreprocessor(settings);
        byte[] crop = new byte[preprocessor.Length];
        preprocessor.Crop(encoded, crop, "row 7");
        return crop;
    }
}
