using System.Globalization;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>The images of the rows in flight, whatever the type of their column. Slots are read by many threads at once.</summary>
internal abstract class ImageSource
{
    /// <summary>Writes the pixels of the image in a slot as the model wants them.</summary>
    /// <param name="slot">The slot of the row.</param>
    /// <param name="row">The number of the row, for the message of an error; negative where it is not known.</param>
    /// <param name="preprocessor">How images become pixels.</param>
    /// <param name="pixels">Where the pixels go: <c>[3, H, W]</c>.</param>
    /// <returns>Where they lie in the picture; null where the picture is not known.</returns>
    public abstract ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels);

    /// <summary>What to call the image in a slot in the message of an error.</summary>
    /// <param name="slot">The slot of the row.</param>
    /// <param name="row">The number of the row; negative where it is not known.</param>
    public abstract string NameOf(int slot, long row);

    /// <summary>The path of the image in a slot; null where it has none.</summary>
    public virtual string? PathOf(int slot) => null;

    /// <summary>What to call an image that has no name of its own.</summary>
    protected static string Unnamed(string columnName, long row) => $"the image of column '{columnName}'{Where(row)}";

    /// <summary>The place of a row in the data, for the message of an error.</summary>
    protected static string Where(long row) => row < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" in row {row}");
}

/// <summary>Paths of image files.</summary>
internal sealed class PathImageSource(ReadOnlyMemory<char>[] paths, string columnName, string folder) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        string path = paths[slot].ToString();
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new InvalidDataException($"The column '{columnName}' has no path{Where(row)}.");
        }

        if (path.Contains('\0'))
        {
            throw new InvalidDataException($"The column '{columnName}' has a path with a null character{Where(row)}.");
        }

        return preprocessor.Preprocess(FullPath(path), pixels);
    }

    public override string NameOf(int slot, long row) => PathOf(slot) is { } path ? $"'{path}'" : Unnamed(columnName, row);

    public override string? PathOf(int slot) => paths[slot].Span.IsWhiteSpace() ? null : FullPath(paths[slot].ToString());

    private string FullPath(string path) => folder.Length == 0 ? path : Path.Combine(folder, path);
}

/// <summary>Encoded images: the content of JPEG, PNG or other files.</summary>
internal sealed class EncodedImageSource(VBuffer<byte>[] images, string columnName) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        ref readonly VBuffer<byte> image = ref images[slot];
        if (image.Length == 0)
        {
            throw new InvalidDataException($"The column '{columnName}' has no bytes{Where(row)}.");
        }

        string name = NameOf(slot, row);
        return preprocessor.Preprocess(image.IsDense ? image.GetValues() : image.DenseValues().ToArray(), pixels, name);
    }

    public override string NameOf(int slot, long row) => Unnamed(columnName, row);
}

/// <summary>Decoded images.</summary>
internal sealed class DecodedImageSource(MLImage[] images, string columnName) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        return preprocessor.Preprocess(PixelsOf(images[slot], columnName, row), pixels);
    }

    public override string NameOf(int slot, long row) => Unnamed(columnName, row);

    /// <summary>The pixels of an image.</summary>
    /// <exception cref="InvalidDataException">There is none, or it was disposed.</exception>
    public static DecodedPixels PixelsOf(MLImage? image, string columnName, long row)
    {
        if (image is null)
        {
            throw new InvalidDataException($"The column '{columnName}' has no image{Where(row)}.");
        }

        try
        {
            return MLImagePreprocessing.PixelsOf(image);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException(
                $"The column '{columnName}' has an image{Where(row)} that was disposed; keep images until their rows were read.", exception);
        }
    }
}

/// <summary>Pixels that were preprocessed by a step before.</summary>
internal sealed class PixelSource(VBuffer<float>[] images, string columnName) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        ref readonly VBuffer<float> image = ref images[slot];
        if (image.Length != pixels.Length)
        {
            throw new InvalidDataException(
                $"The column '{columnName}' has {image.Length} values{Where(row)}; the model takes {pixels.Length}, as "
                + "PreprocessImages writes them.");
        }

        image.CopyTo(pixels);
        if (ModelNumbers.AreFinite(pixels))
        {
            return null;
        }

        // What PreprocessImages leaves where it marks an image as unreadable.
        if (!pixels.ContainsAnyExcept(float.NaN))
        {
            throw new MissingPixelsException(
                $"The column '{columnName}' has no pixels{Where(row)}: the step before could not read the image.");
        }

        throw new InvalidDataException(
            $"The column '{columnName}' has pixels{Where(row)} that are NaN or infinite; the model takes numbers, as PreprocessImages "
            + "writes them.");
    }

    public override string NameOf(int slot, long row) => Unnamed(columnName, row);
}
