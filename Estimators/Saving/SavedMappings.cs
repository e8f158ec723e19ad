using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT;

// The code behind the custom mappings of a saved pipeline. ML.NET makes them again from the names of their contracts.

/// <summary>Gives every row the constant that the settings are looked up by.</summary>
[CustomMappingFactoryAttribute("MlNetMobileViT.SettingsKey")]
internal sealed class SettingsKeyMapping : CustomMappingFactory<NoColumns, SettingsKeyRow>
{
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

[CustomMappingFactoryAttribute("MlNetMobileViT.Preprocess.Path")]
internal sealed class PathMapping : PreprocessingMapping<PathRow, PreprocessedRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.Preprocess.Encoded")]
internal sealed class EncodedMapping : PreprocessingMapping<EncodedRow, PreprocessedRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.Preprocess.Decoded")]
internal sealed class DecodedMapping : PreprocessingMapping<DecodedRow, PreprocessedRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.Preprocess.ImageBytes")]
internal sealed class ImageBytesMapping : PreprocessingMapping<ImageBytesRow, PreprocessedRow>;

[CustomMappingFactoryAttribute("MlNetMobileViT.Preprocess.Pixels")]
internal sealed class PixelsMapping : PreprocessingMapping<PixelsRow, PreprocessedRow>;

/// <summary>Makes what the step's task makes of the model's outputs.</summary>
[CustomMappingFactoryAttribute("MlNetMobileViT.Decode")]
internal sealed class DecodeMapping : CustomMappingFactory<UndecodedRow, DecodedResultRow>
{
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
        output.Vectors = SavedMapping.Join(row, columns);
        output.Error = row.ErrorText.AsMemory();
        if (columns.OfType<OutputColumn<float>>().SingleOrDefault(static column => !column.IsVector) is { } number)
        {
            output.Number = row.Values(number)[0];
        }

        if (columns.OfType<OutputColumn<uint>>().SingleOrDefault() is { } key)
        {
            uint value = row.Values(key)[0];
            output.Label = value == 0 ? default : key.TextVectors[AnnotationKinds.KeyValues][(int)value - 1].AsMemory();
        }

        if (columns.OfType<OutputColumn<ReadOnlyMemory<char>>>().SingleOrDefault(static column => column.IsVector) is { } texts)
        {
            output.Texts = new VBuffer<ReadOnlyMemory<char>>(texts.Length, row.Values(texts).ToArray());
        }
    }
}

/// <summary>What custom mappings have in common.</summary>
internal static class SavedMapping
{
    /// <summary>A mapping under the name of its contract.</summary>
    public static IEstimator<ITransformer> Estimator<TRow, TOutput>(
        TransformsCatalog transforms, CustomMappingFactory<TRow, TOutput> mapping)
        where TRow : class, new()
        where TOutput : class, new()
    {
        CustomAttributeData contract = mapping.GetType().GetCustomAttributesData()
            .Single(static attribute => attribute.AttributeType == typeof(CustomMappingFactoryAttributeAttribute));
        return transforms.CustomMapping(mapping.GetMapping(), (string)contract.ConstructorArguments[0].Value!);
    }

    /// <summary>The columns that are vectors of numbers.</summary>
    public static IEnumerable<OutputColumn<float>> Vectors(IEnumerable<OutputColumn> columns) =>
        columns.OfType<OutputColumn<float>>().Where(static column => column.IsVector);

    /// <summary>Their values, one column after the other.</summary>
    public static VBuffer<float> Join(RowResult row, IEnumerable<OutputColumn> columns)
    {
        OutputColumn<float>[] vectors = [.. Vectors(columns)];
        float[] values = new float[vectors.Sum(static column => column.Length)];
        Span<float> rest = values;
        foreach (OutputColumn<float> column in vectors)
        {
            row.Values(column).CopyTo(rest);
            rest = rest[column.Length..];
        }

        return new VBuffer<float>(values.Length, values);
    }
}
