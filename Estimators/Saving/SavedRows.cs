using Microsoft.ML.Data;

namespace MlNetMobileViT;

// The rows that the custom mappings of a saved pipeline read and write. ML.NET finds their columns by these names.

/// <summary>Nothing.</summary>
internal sealed class NoColumns;

/// <summary>A constant, to look the settings up by.</summary>
internal sealed class SettingsKeyRow
{
    public const string Name = SavedOnnx.ColumnPrefix + "key";

    [ColumnName(Name)]
    public string Value { get; set; } = "";
}

/// <summary>The settings.</summary>
internal abstract class SettingsRow
{
    public const string Name = SavedOnnx.ColumnPrefix + "settings";

    [ColumnName(Name)]
    public ReadOnlyMemory<char> Settings { get; set; }
}

/// <summary>A row with an image.</summary>
internal abstract class ImageInputRow<T> : SettingsRow
{
    public const string InputName = SavedOnnx.ColumnPrefix + "input";
}

/// <summary>A row with the path of an image.</summary>
internal sealed class PathRow : ImageInputRow<ReadOnlyMemory<char>>
{
    [ColumnName(InputName)]
    public ReadOnlyMemory<char> Image { get; set; }
}

/// <summary>A row with an encoded image.</summary>
internal sealed class EncodedRow : ImageInputRow<VBuffer<byte>>
{
    [ColumnName(InputName)]
    public VBuffer<byte> Image { get; set; }
}

/// <summary>A row with a decoded image.</summary>
internal sealed class DecodedRow : ImageInputRow<MLImage>
{
    [ColumnName(InputName)]
    [UnsizedImage]
    public MLImage Image { get; set; } = null!;
}

/// <summary>A row with preprocessed pixels.</summary>
internal sealed class PixelsRow : ImageInputRow<VBuffer<float>>
{
    [ColumnName(InputName)]
    public VBuffer<float> Image { get; set; }
}
