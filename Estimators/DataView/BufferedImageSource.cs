namespace MlNetMobileViT;

/// <summary>Images from a buffered column, whose getter may have failed.</summary>
internal sealed class BufferedImageSource(BufferedColumn column, ImageSource images) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        column.ThrowIfFailed(slot);
        return images.Preprocess(slot, row, preprocessor, pixels);
    }

    public override string NameOf(int slot, long row) => images.NameOf(slot, row);
}
