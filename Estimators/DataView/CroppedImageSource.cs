using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// Decoded images of the rows in flight. Each is cropped when its row is read, and only the crop waits for a worker: the
/// image belongs to the input, which may dispose of it as soon as it moves on, and a ring of whole photos is gigabytes.
/// </summary>
/// <param name="column">The images, with a single slot unless they are shared.</param>
/// <param name="isShared">Whether the consumer asks for the images too, so that they are read and wait for it anyway.</param>
/// <param name="columnName">The name of their column.</param>
/// <param name="preprocessor">What crops them.</param>
/// <param name="slots">The number of rows in flight.</param>
internal sealed class CroppedImageSource(
    BufferedColumn<MLImage> column, bool isShared, string columnName, ImagePreprocessor preprocessor, int slots) : ImageSource
{
    private readonly byte[]?[] _crops = new byte[]?[slots];
    private readonly ImageGeometry[] _geometries = new ImageGeometry[slots];
    private readonly ExceptionDispatchInfo?[] _errors = new ExceptionDispatchInfo?[slots];

    /// <summary>Crops the image of the input's current row.</summary>
    public void Take(int slot, long row)
    {
        int columnSlot = isShared ? slot : 0;
        if (!isShared)
        {
            column.Read(columnSlot);
        }

        _errors[slot] = null;
        try
        {
            column.ThrowIfFailed(columnSlot);
            DecodedPixels pixels = DecodedImageSource.PixelsOf(column.Values[columnSlot], columnName, row);
            _geometries[slot] = preprocessor.CropPixels(pixels, _crops[slot] ??= new byte[preprocessor.CropLength]);
        }
        catch (Exception exception)
        {
            _errors[slot] = ExceptionDispatchInfo.Capture(exception);
        }
    }

    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        _errors[slot]?.Throw();
        preprocessor.Normalize(_crops[slot], pixels);
        return _geometries[slot];
    }

    public override string NameOf(int slot, long row) => Unnamed(columnName, row);
}
