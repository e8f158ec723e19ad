using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT;

// The code behind the custom mappings of a saved pipeline. ML.NET makes them again from the names of their contracts.

/// <summary>Gives every row the constant that the settings are looked up by.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class SettingsKeyMapping : CustomMappingFactory<NoColumns, SettingsKeyRow>
{
    public const string Contract = "MlNetMobileViT.SettingsKey";
    public const string Key = "step";

    public override Action<NoColumns, SettingsKeyRow> GetMapping() => static (_, output) => output.Value = Key;
}

/// <summary>Makes the input of the model of an image.</summary>
internal abstract class PreprocessingMapping<TRow, TOutput> : CustomMappingFactory<TRow, TOutput>
    where TRow : ImageInputRow, new()
    where TOutput : PixelsOrErrorRow, new()
{
    public sealed override Action<TRow, TOutput> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Read(input.Settings).Preprocess(input, output);
    }
}

/// <summary>Preprocesses images at paths.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PathMapping : PreprocessingMapping<PathRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.Preprocess.Path";
}

/// <summary>Preprocesses encoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class EncodedMapping : PreprocessingMapping<EncodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.Preprocess.Encoded";
}

/// <summary>Preprocesses decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class DecodedMapping : PreprocessingMapping<DecodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.Preprocess.Decoded";
}

/// <summary>Preprocesses the bytes of decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ImageBytesMapping : PreprocessingMapping<ImageBytesRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.Preprocess.ImageBytes";
}

/// <summary>Passes preprocessed pixels on.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PixelsMapping : PreprocessingMapping<PixelsRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.Preprocess.Pixels";
}

/// <summary>Makes what the step's task makes of the model's outputs.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class DecodeMapping : CustomMappingFactory<UndecodedRow, DecodedResultRow>
{
    public const string Contract = "MlNetMobileViT.Decode";

    public override Action<UndecodedRow, DecodedResultRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => Decode(settings.Read(input.Settings), input, output);
    }

    private static void Decode(SavedSettings.Reading settings, UndecodedRow input, DecodedResultRow output)
    {
        ImageGeometry? geometry = input.Picture.GetValues() is [int width, int height, int orientation]
            ? ImageGeometry.Create(settings.Step.Preprocessing, width, height, orientation)
            : null;
        IReadOnlyList<OutputColumn> columns = settings.Task.Columns;
        RowResult row = settings.Decode(settings.Task, input, geometry);
        output.Error = row.ErrorText.AsMemory();
        OutputColumn<float>[] vectors = [.. VectorsOf(columns)];
        VBuffer<float> joined = output.Vectors;
        VBufferEditor<float> editor = VBufferEditor.Create(ref joined, vectors.Sum(static column => column.Length));
        int start = 0;
        foreach (OutputColumn<float> column in vectors)
        {
            row.Values(column).CopyTo(editor.Values[start..]);
            start += column.Length;
        }

        output.Vectors = editor.Commit();
        if (columns.OfType<OutputColumn<float>>().Except(vectors).SingleOrDefault() is { } number)
        {
            output.Number = row.Values(number)[0];
        }

        if (columns.OfType<OutputColumn<uint>>().SingleOrDefault() is { } key)
        {
            uint value = row.Values(key)[0];
            output.Label = value == 0 ? default : key.TextVectors[AnnotationKinds.KeyValues][(int)value - 1].AsMemory();
        }

        if (columns.OfType<OutputColumn<ReadOnlyMemory<char>>>().SingleOrDefault() is { } texts)
        {
            output.Texts = new VBuffer<ReadOnlyMemory<char>>(texts.Length, row.Values(texts).ToArray());
        }
    }

    /// <summary>The columns that are vectors of numbers, which a saved pipeline joins on the way.</summary>
    public static IEnumerable<OutputColumn<float>> VectorsOf(IEnumerable<OutputColumn> columns) =>
        columns.OfType<OutputColumn<float>>().Where(static column => column.Type is VectorDataViewType);
}
