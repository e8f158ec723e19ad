using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>The bytes of one decoded image, as <c>ExtractPixels</c> gives them: alpha, red, green, blue.</summary>
internal sealed class ImageBytesSource(VBuffer<byte> image, IReadOnlyList<int> size, string columnName) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        (int height, int width) = (size[0], size[1]);
        if (image.Length != 4 * height * width)
        {
            throw new InvalidDataException(
                $"The images of the column '{columnName}' are not of {width}x{height} pixels, as they were when the pipeline was "
                + $"fitted{Where(row)}.");
        }

        // A missing image has no bytes at all; they are zeros only to those who ask for each.
        if (!image.IsDense)
        {
            throw new InvalidDataException($"The column '{columnName}' has no image{Where(row)}.");
        }

        // One byte further on, the same bytes are red, green, blue, and an alpha that nobody reads.
        byte[] colours = [.. image.GetValues()[1..], byte.MaxValue];
        return preprocessor.Preprocess(new DecodedPixels(colours, width, height, blueFirst: false, name: null), pixels);
    }

    public override string NameOf(int slot, long row) => Unnamed(columnName, row);
}
