using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>The picture of an icon that Pillow takes: the largest, of those the one with most colours, of those the last.</summary>
[TestClass]
public sealed class IconTests
{
    private const int Side = 48;

    private static readonly ImagePreprocessing Settings = PreprocessingPresets.Get(PreprocessingPresets.Squash, Side, Side);

    [TestMethod]
    [DataRow("48:8 48:32 48:24", 1)]
    [DataRow("48:32 48:24 48:8", 0)]
    [DataRow("48:8 48:24 48:32", 2)]
    [DataRow("48:32 48:32 48:8", 1)]
    [DataRow("48:8 24:32 32:32", 0)]
    [DataRow("24:32 48:8 48:4", 1)]
    [DataRow("48:0 48:32 48:8", 0, DisplayName = "no number of bits or colours, which counts as most")]
    [DataRow("48:0/16 48:8 24:32", 1, DisplayName = "16 colours")]
    public void The_picture_is_that_of_the_entry_that_Pillow_takes(string entries, int taken)
    {
        var pictures = new List<(byte[] Entry, byte[] Content)>();
        foreach (string entry in entries.Split(' '))
        {
            string[] numbers = entry.Split(':', '/');
            byte side = byte.Parse(numbers[0]);
            byte[] content = Encoded.Encode(Pixels.Draw(side, side, pictures.Count), side, side, SKEncodedImageFormat.Png);
            pictures.Add((Entry(side, byte.Parse(numbers[1]), numbers.Length > 2 ? byte.Parse(numbers[2]) : (byte)0), content));
        }

        byte[] crop = CropOf(Icon(pictures));

        CollectionAssert.AreEqual(CropOf(pictures[taken].Content), crop);
    }

    [TestMethod]
    public void What_the_directory_says_of_the_sizes_counts()
    {
        byte[] large = Encoded.Encode(Pixels.Draw(64, 64, 1), 64, 64, SKEncodedImageFormat.Png);
        byte[] taken = Encoded.Encode(Pixels.Draw(Side, Side, 2), Side, Side, SKEncodedImageFormat.Png);

        CollectionAssert.AreEqual(CropOf(taken), CropOf(Icon([(Entry(16, 32), large), (Entry(Side, 8), taken)])));
    }

    [TestMethod]
    [DataRow(8)]
    [DataRow(24)]
    [DataRow(32)]
    public void What_a_mask_leaves_out_of_a_bitmap_keeps_its_colour(int bits)
    {
        // From the bottom row to the top one; the mask has a bit for each pixel, in rows of a multiple of four bytes.
        const int MaskRow = 8;
        byte[] palette = bits == 8
            ? Enumerable.Range(0, 256).SelectMany(index => (byte[])[(byte)(255 - index), (byte)(3 * index), (byte)index, 0]).ToArray()
            : [];
        byte[] data = new byte[Side * Side * bits / 8];
        new Random(bits).NextBytes(data);
        byte[] mask = new byte[MaskRow * Side];
        Array.Fill(mask, (byte)0b11001010);
        byte[] bitmap =
        [
            40, 0, 0, 0, Side, 0, 0, 0, 2 * Side, 0, 0, 0, 1, 0, (byte)bits, 0, .. new byte[24], .. palette, .. data, .. mask,
        ];
        byte[] expected = new byte[Side * Side * 4];
        for (int i = 0; i < Side * Side; i++)
        {
            int stored = ((Side - 1 - (i / Side)) * Side) + (i % Side);
            byte[] blueFirst = bits == 8 ? palette[(4 * data[stored])..] : data[(stored * bits / 8)..];
            ((byte[])[blueFirst[2], blueFirst[1], blueFirst[0], 255]).CopyTo(expected, 4 * i);
        }

        byte[] png = Encoded.Encode(expected, Side, Side, SKEncodedImageFormat.Png);
        byte[] other = Encoded.Encode(Pixels.Draw(32, 32, 2), 32, 32, SKEncodedImageFormat.Png);

        Pixels.AreEqual(CropOf(png), CropOf(Icon([(Entry(Side, (byte)bits), bitmap)])), "alone");
        Pixels.AreEqual(CropOf(png), CropOf(Icon([(Entry(32, 32), other), (Entry(Side, (byte)bits), bitmap)])), "not alone");
    }

    private static byte[] Entry(byte side, byte bits, byte colors = 0) => [side, side, colors, 0, 1, 0, bits, 0];

    private static byte[] Icon(List<(byte[] Entry, byte[] Content)> pictures)
    {
        int offset = 6 + (16 * pictures.Count);
        var directory = new List<byte> { 0, 0, 1, 0, (byte)pictures.Count, 0 };
        foreach ((byte[] entry, byte[] content) in pictures)
        {
            directory.AddRange([.. entry, .. BitConverter.GetBytes(content.Length), .. BitConverter.GetBytes(offset)]);
            offset += content.Length;
        }

        return [.. directory, .. pictures.SelectMany(picture => picture.Content)];
    }

    private static byte[] CropOf(byte[] encoded)
    {
        var preprocessor = new ImagePreprocessor(Settings);
        byte[] crop = new byte[preprocessor.Length];
        preprocessor.Crop(encoded, crop);
        return crop;
    }
}
