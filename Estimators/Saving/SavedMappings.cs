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

/// <summary>Preprocesses images at paths.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PathMapping : CustomMappingFactory<PathRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessPath";

    public override Action<PathRow, PreprocessedRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Preprocess(
            input.Settings, step => new PathImageSource([input.Image], step.InputColumnName, step.Options.ImageFolder), output);
    }
}

/// <summary>Preprocesses encoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class EncodedMapping : CustomMappingFactory<EncodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessEncoded";

    public override Action<EncodedRow, PreprocessedRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Preprocess(
            input.Settings, step => new EncodedImageSource([input.Image], step.InputColumnName), output);
    }
}

/// <summary>Preprocesses decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class DecodedMapping : CustomMappingFactory<DecodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessDecoded";

    public override Action<DecodedRow, PreprocessedRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Preprocess(
            input.Settings, step => new DecodedImageSource([input.Image], step.InputColumnName), output);
    }
}

/// <summary>Preprocesses the bytes of decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ImageBytesMapping : CustomMappingFactory<EncodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessImageBytes";

    public override Action<EncodedRow, PreprocessedRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Preprocess(
            input.Settings, step => new ImageBytesSource(input.Image, Size(step), step.InputColumnName), output);
    }

    private static IReadOnlyList<int> Size(ImageStep step) =>
        step.ImageSize ?? throw ImageStep.Unreadable("it does not say of which size its images are.");
}

/// <summary>Passes preprocessed pixels on.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PixelsMapping : CustomMappingFactory<PixelsRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PassPixels";

    public override Action<PixelsRow, PreprocessedRow> GetMapping()
    {
        var settings = new SavedSettings();
        return (input, output) => settings.Preprocess(
            input.Settings, step => new PixelSource([input.Image], step.InputColumnName), output);
    }
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
