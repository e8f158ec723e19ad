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

    public override Action<PathRow, PreprocessedRow> GetMapping() => static (input, output) =>
    {
        var settings = SavedSettings.Get(input.Settings);
        settings.Preprocess(
            new PathImageSource([input.Image], settings.Step.InputColumnName, settings.Step.Options.ImageFolder), output);
    };
}

/// <summary>Preprocesses encoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class EncodedMapping : CustomMappingFactory<EncodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessEncoded";

    public override Action<EncodedRow, PreprocessedRow> GetMapping() => static (input, output) =>
    {
        var settings = SavedSettings.Get(input.Settings);
        settings.Preprocess(new EncodedImageSource([input.Image], settings.Step.InputColumnName), output);
    };
}

/// <summary>Preprocesses decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class DecodedMapping : CustomMappingFactory<DecodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessDecoded";

    public override Action<DecodedRow, PreprocessedRow> GetMapping() => static (input, output) =>
    {
        var settings = SavedSettings.Get(input.Settings);
        settings.Preprocess(new DecodedImageSource([input.Image], settings.Step.InputColumnName), output);
    };
}

/// <summary>Preprocesses the bytes of decoded images.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ImageBytesMapping : CustomMappingFactory<EncodedRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PreprocessImageBytes";

    public override Action<EncodedRow, PreprocessedRow> GetMapping() => static (input, output) =>
    {
        var settings = SavedSettings.Get(input.Settings);
        settings.Preprocess(
            new ImageBytesSource(input.Image, settings.Step.ImageSize!, settings.Step.InputColumnName), output);
    };
}

/// <summary>Passes preprocessed pixels on.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PixelsMapping : CustomMappingFactory<PixelsRow, PreprocessedRow>
{
    public const string Contract = "MlNetMobileViT.PassPixels";

    public override Action<PixelsRow, PreprocessedRow> GetMapping() => static (input, output) =>
    {
        var settings = SavedSettings.Get(input.Settings);
        settings.Preprocess(new PixelSource([input.Image], settings.Step.InputColumnName), output);
    };
}

/// <summary>Finds the most likely classes.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ClassesMapping : CustomMappingFactory<ScoresRow, ClassesRow>
{
    public const string Contract = "MlNetMobileViT.Classes";

    public override Action<ScoresRow, ClassesRow> GetMapping() => static (input, output) =>
    {
        ImageStep step = SavedSettings.Get(input.Settings).Step;
        IReadOnlyList<string> labels = step.Labels!;
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
    };
}
