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
internal abstract class PreprocessingMapping<TRow> : CustomMappingFactory<TRow, PreprocessedRow>
    where TRow : SettingsRow, new()
{
    public sealed override Action<TRow, PreprocessedRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Preprocess(input.Settings, step => SourceOf(input, step), output);
    }

    /// <summary>The image of a row, in slot 0.</summary>
    protected abstract ImageSource SourceOf(TRow input, ImageStep step);
}

/// <summary>Preprocesses images at paths.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PathMapping : PreprocessingMapping<PathRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessPath";

    protected override ImageSource SourceOf(PathRow input, ImageStep step) =>
        new PathImageSource([input.Image], step.InputColumnName, step.Options.ImageFolder);
}

/// <summary>Preprocesses encoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class EncodedMapping : PreprocessingMapping<EncodedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessEncoded";

    protected override ImageSource SourceOf(EncodedRow input, ImageStep step) =>
        new EncodedImageSource([input.Image], step.InputColumnName);
}

/// <summary>Preprocesses decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class DecodedMapping : PreprocessingMapping<DecodedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessDecoded";

    protected override ImageSource SourceOf(DecodedRow input, ImageStep step) =>
        new DecodedImageSource([input.Image], step.InputColumnName);
}

/// <summary>Preprocesses the bytes of decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ImageBytesMapping : PreprocessingMapping<EncodedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessImageBytes";

    protected override ImageSource SourceOf(EncodedRow input, ImageStep step) =>
        step.ImageSize is { } size
            ? new ImageBytesSource(input.Image, size, step.InputColumnName)
            : throw ImageStep.Unreadable("it does not say of which size its images are.");
}

/// <summary>Passes preprocessed pixels on.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PixelsMapping : PreprocessingMapping<PixelsRow>
{
    public const string Contract = "MlNetMobileViT.PassPixels";

    protected override ImageSource SourceOf(PixelsRow input, ImageStep step) =>
        new PixelSource([input.Image], step.InputColumnName);
}

/// <summary>Passes what the model gave on, where it gave numbers.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class NumbersMapping : CustomMappingFactory<ModelValuesRow, NumbersRow>
{
    public const string Contract = "MlNetMobileViT.Numbers";

    public override Action<ModelValuesRow, NumbersRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) =>
        {
            ImageStep step = settings.Step(input.Settings);
            ReadOnlySpan<float> values = input.Values.GetValues();
            VBuffer<float> numbers = output.Numbers;
            VBufferEditor<float> editor = VBufferEditor.Create(ref numbers, values.Length);
            values.CopyTo(editor.Values);
            output.Error = input.Error.IsEmpty ? Check(step, values, input.ImagePath) : input.Error;
            if (!output.Error.IsEmpty)
            {
                editor.Values.Fill(float.NaN);
            }

            output.Numbers = editor.Commit();
        };
    }

    /// <summary>Why the values are no result, for the error column; throws where the row's error is not to be marked.</summary>
    private static ReadOnlyMemory<char> Check(ImageStep step, ReadOnlySpan<float> values, ReadOnlyMemory<char> path)
    {
        foreach (SavedOutput output in step.Outputs ?? [])
        {
            if (output.Length > values.Length)
            {
                throw ImageStep.Unreadable($"its output '{output.Name}' is longer than what the model gives.");
            }

            if (!ModelNumbers.AreFinite(values[..output.Length]))
            {
                ImageSource image = step.InputKind == ImageColumnKind.Path
                    ? new PathImageSource([path], step.InputColumnName, step.Options.ImageFolder)
                    : new EncodedImageSource([], step.InputColumnName);
                InvalidDataException error = ModelNumbers.Error(output.Name, values[..output.Length], image.NameOf(slot: 0, row: -1));
                return BadImage.IsMarked(error, step.Options.BadImages) ? error.Message.AsMemory() : throw error;
            }

            values = values[output.Length..];
        }

        return default;
    }
}

/// <summary>Finds the most likely classes.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ClassesMapping : CustomMappingFactory<ScoresRow, ClassesRow>
{
    public const string Contract = "MlNetMobileViT.Classes";

    public override Action<ScoresRow, ClassesRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => Map(settings.Step(input.Settings), input, output);
    }

    private static void Map(ImageStep step, ScoresRow input, ClassesRow output)
    {
        IReadOnlyList<string> labels = step.Labels ?? [];
        if (labels.Count != input.Rank.Length)
        {
            throw ImageStep.Unreadable($"it has {labels.Count} labels for {input.Rank.Length} classes.");
        }

        int count = Math.Min(((MobileViTClassificationOptions)step.Options).TopK, labels.Count);
        ReadOnlySpan<float> probabilities = input.Probabilities.GetValues();
        string[] topLabels = new string[count];
        if (ClassRanking.IsMissing(input.Rank.GetValues()))
        {
            Array.Fill(topLabels, "");
            output.Label = default;
            output.Probability = float.NaN;
        }
        else
        {
            int[] classes = new int[count];
            ClassRanking.Top(input.Rank.GetValues(), classes);
            for (int i = 0; i < count; i++)
            {
                topLabels[i] = labels[classes[i]];
            }

            output.Label = topLabels[0].AsMemory();
            output.Probability = probabilities[classes[0]];
        }

        output.TopLabels = TextVector.Create(topLabels);
    }
}
