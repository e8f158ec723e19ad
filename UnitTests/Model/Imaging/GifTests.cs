using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>The first frame of a GIF as Pillow makes it RGB: transparent colours are kept, and what it leaves free is filled.</summary>
[TestClass]
public sealed class GifTests
{
    private const int Width = 61;
    private const int Height = 43;

    [TestMethod]
    [DataRow(null, 0)]
    [DataRow((byte)5, 0)]
    [DataRow((byte)5, 7)]
    [DataRow(null, 7)]
    public void A_frame_gives_the_colours_of_its_palette(byte? transparent, int margin)
    {
        var frame = new PixelRegion(margin, margin / 2, Width - (2 * margin), Height - margin);
        byte[] indices = new byte[frame.Width * frame.Height];
        new Random(3).NextBytes(indices);
        byte[] expected = new byte[Width * Height * 4];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bool isInside = x >= frame.Left && x < frame.Right && y >= frame.Top && y < frame.Bottom;
                int index = 0;
                if (isInside)
                {
                    int place = ((y - frame.Top) * frame.Width) + x - frame.Left;
                    index = indices[place] %= 16;
                }

                byte[] color = Encoded.PaletteColor(isInside ? index : transparent ?? 0);
                ((byte[])[.. color, 255]).CopyTo(expected, ((y * Width) + x) * 4);
            }
        }

        byte[] gif = Encoded.Gif((Width, Height), frame, indices, transparent);

        Pixels.AreEqual(
            CropOf(Encoded.Encode(expected, Width, Height, SKEncodedImageFormat.Png)), CropOf(gif), $"{transparent}, {margin}");
    }

    [TestMethod]
    public void A_gif_that_is_cut_off_anywhere_is_an_error()
    {
        byte[] indices = new byte[Width * Height];
        byte[] gif = Encoded.Gif((Width, Height), new PixelRegion(0, 0, Width, Height), indices, transparent: 0);
        for (int length = 1; length < gif.Length - 60; length++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => CropOf(gif[..length]), $"{length} of {gif.Length}");
        }
    }

    private static byte[] CropOf(byte[] encoded)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Squash, Height, Width));
        byte[] crop = new byte[preprocessor.Length];
        preprocessor.Crop(encoded, crop);
        return crop;
    }
}
