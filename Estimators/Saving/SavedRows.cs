using Microsoft.ML.Data;

namespace MlNetMobileViT;

// The rows that the custom mappings of a saved pipeline read and write. ML.NET finds their columns by these names.

/// <summary>A constant, to look the settings up by.</summary>
internal sealed class SettingsKeyRow
{
    public const string Name = SavedOnnx.ColumnPrefix + "key";

    [ColumnName(Name)]
    public string Value { get; set; } = "";
}

internal abstract class SettingsRow
{
    public const string Name = SavedOnnx.ColumnPrefix + "settings";

    [ColumnName(Name)]
    public ReadOnlyMemory<char> Settings { get; set; }
}

internal abstract class ImageInputRow : SettingsRow
{
    public const string InputName = SavedOnnx.ColumnPrefix + "input";

    /// <summary>The image, in slot 0.</summary>
    public abstract ImageSource SourceFor(ImageStep step);
}

internal abstract class ImageInputRow<T> : ImageInputRow
{
    [ColumnName(InputName)]
    public T Image { get; set; } = default!;
}

internal sealed class PathRow : ImageInputRow<ReadOnlyMemory<char>>
{
    public override ImageSource SourceFor(ImageStep step) =>
        new PathImageSource([Image], step.InputColumnName, step.CommonOptions.ImageFolder);
}

internal sealed class EncodedRow : ImageInputRow<VBuffer<byte>>
{
    public override ImageSource SourceFor(ImageStep step) => new EncodedImageSource([Image], step.InputColumnName);
}

internal sealed class DecodedRow : ImageInputRow
{
    [ColumnName(InputName)]
    [UnsizedImage]
    public MLImage Image { get; set; } = null!;

    public override ImageSource SourceFor(ImageStep step) => new DecodedImageSource([Image], step.InputColumnName);
}

/// <summary>A row with the bytes of a decoded image.</summary>
internal sealed class ImageBytesRow : ImageInputRow<VBuffer<byte>>
{
    public override ImageSource SourceFor(ImageStep step) => step.ImageSize is { } size
        ? new ImageBytesSource(Image, size, step.InputColumnName)
        : throw ImageStep.Unreadable("it does not say of which size its images are.");
}

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

internal sealed class PixelsRow : ImageInputRow<VBuffer<float>>
{
    public override ImageSource SourceFor(ImageStep step) => new PixelSource([Image], step.InputColumnName);
}

/// <summary>The input of the model, made of an image, or the reason why there is none.</summary>
internal class PixelsOrErrorRow
{
    public const string ErrorName = SavedOnnx.ColumnPrefix + "error";

    [ColumnName(SavedOnnx.ModelInput)]
    public VBuffer<float> Pixels { get; set; }

    [ColumnName(ErrorName)]
    public ReadOnlyMemory<char> Error { get; set; }
}

/// <summary>The same with the picture that the image was.</summary>
internal sealed class PreprocessedRow : PixelsOrErrorRow
{
    public const string PictureName = SavedOnnx.ColumnPrefix + "picture";

    /// <summary>Width and height of the picture when upright, and its EXIF orientation; empty where it is not known.</summary>
    [ColumnName(PictureName)]
    public VBuffer<int> Picture { get; set; }
}

/// <summary>What the model of a saved pipeline gave for an image, as it came.</summary>
internal class ModelValuesRow : SettingsRow
{
    public const string ValuesName = SavedOnnx.ColumnPrefix + "values";
    public const string ImagePathName = SavedOnnx.ColumnPrefix + "path";

    /// <summary>All outputs that the step takes, one after the other.</summary>
    [ColumnName(ValuesName)]
    public VBuffer<float> Values { get; set; }

    /// <summary>Where the image is, if the input column holds paths.</summary>
    [ColumnName(ImagePathName)]
    public ReadOnlyMemory<char> ImagePath { get; set; }

    [ColumnName(PixelsOrErrorRow.ErrorName)]
    public ReadOnlyMemory<char> Error { get; set; }
}

/// <summary>The same with the picture that the image was.</summary>
internal sealed class UndecodedRow : ModelValuesRow
{
    [ColumnName(PreprocessedRow.PictureName)]
    public VBuffer<int> Picture { get; set; }
}

/// <summary>What a task makes of it: its columns, on their way to the types and sizes that they are to have.</summary>
internal sealed class DecodedResultRow
{
    public const string VectorsName = SavedOnnx.ColumnPrefix + "vectors";
    public const string NumberName = SavedOnnx.ColumnPrefix + "number";
    public const string LabelName = SavedOnnx.ColumnPrefix + "label";
    public const string TextsName = SavedOnnx.ColumnPrefix + "texts";
    public const string ErrorName = SavedOnnx.ColumnPrefix + "row_error";

    /// <summary>All vectors of numbers, one after the other.</summary>
    [ColumnName(VectorsName)]
    public VBuffer<float> Vectors { get; set; }

    /// <summary>The column that is one number, if there is one.</summary>
    [ColumnName(NumberName)]
    public float Number { get; set; }

    /// <summary>What the key stands for, if there is a column of keys.</summary>
    [ColumnName(LabelName)]
    public ReadOnlyMemory<char> Label { get; set; }

    /// <summary>The vector of text, if there is one.</summary>
    [ColumnName(TextsName)]
    public VBuffer<ReadOnlyMemory<char>> Texts { get; set; }

    [ColumnName(ErrorName)]
    public ReadOnlyMemory<char> Error { get; set; }
}
