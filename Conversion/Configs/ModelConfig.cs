using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary>What the JSON files beside a checkpoint say of its model.</summary>
internal abstract class ModelConfig(ConfigObject? config)
{
    public const string FileName = "config.json";

    protected const string Advice = "choose the preprocessing with --preset (ConversionOptions.Preset)";

    /// <summary>The naming scheme that tensors have beside such files.</summary>
    public abstract CheckpointLayout Layout { get; }

    /// <summary>The generation of the network; null where the file does not tell.</summary>
    public abstract MobileViTFamily? Family { get; }

    /// <summary>The number of classes; null where the file does not tell.</summary>
    public abstract int? Classes { get; }

    /// <summary>The names of the classes in the order of the logits; null where there are none.</summary>
    /// <exception cref="InvalidDataException">They are not in a form that is known.</exception>
    public abstract IReadOnlyList<string>? Labels { get; }

    /// <summary>The attention heads; null where the file does not tell.</summary>
    public virtual int? Heads => null;

    /// <summary>The name of the file that <see cref="ReadPreprocessing"/> reads.</summary>
    public abstract string PreprocessingFile { get; }

    /// <summary>The file <see cref="FileName"/>.</summary>
    protected ConfigObject? Config { get; } = config;

    /// <summary>Reads the files beside a checkpoint; null where there are none.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read, or is of another network than MobileViT.</exception>
    public static ModelConfig? Read(string folder)
    {
        ConfigObject? config = ConfigFile.Find(folder, FileName);
        ConfigObject? preprocessor = ConfigFile.Find(folder, HuggingFaceConfig.PreprocessorFileName);

        // transformers wraps models of timm, and then writes what timm writes and a few lines more.
        ModelConfig? model = config is { } timm && timm.Has(TimmConfig.ArchitectureKey) ? new TimmConfig(timm)
            : config is null && preprocessor is null ? null
            : new HuggingFaceConfig(config, preprocessor);
        model?.RequireMobileViT();
        return model;
    }

    /// <summary>Whether the files belong to weights: the same layout and number of classes.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public void RequireFit(ModelWeights weights)
    {
        ConfigFile file = Config?.File ?? PreprocessorFile;
        if (weights.Layout != Layout)
        {
            throw file.Error(
                $"is of a model in the {Layout.GetName()} layout, and the weights beside it are in that of {weights.Layout.GetName()}");
        }

        if (Family is { } family && family != weights.Architecture.Family)
        {
            throw file.Error($"is of a {family.Name}, and the weights beside it are of a {weights.Architecture.Family.Name}");
        }

        if (Classes is { } classes && classes != weights.Architecture.Classes)
        {
            throw file.Error(
                $"is of a model of {classes} classes, and the weights beside it have {weights.Architecture.Classes}");
        }
    }

    /// <summary>The preprocessing; null where the files do not tell.</summary>
    /// <exception cref="InvalidDataException">It is one that this project does not do.</exception>
    public abstract ImagePreprocessing? ReadPreprocessing();

    /// <exception cref="InvalidDataException">The files are of another network.</exception>
    protected abstract void RequireMobileViT();

    /// <summary>The file to name where there is no <see cref="FileName"/>.</summary>
    protected abstract ConfigFile PreprocessorFile { get; }

    /// <exception cref="InvalidDataException">What a key says is not as in the published models.</exception>
    protected static void RequireDefault(bool isDefault, ConfigObject owner, string key)
    {
        if (!isDefault)
        {
            throw owner.Error(key, "which is a network that is not converted; those of the published MobileViT models are");
        }
    }

    /// <summary>
    /// The names of the classes as labels, by the rules of a <see cref="LabelFile"/>. Names that stand twice get their number:
    /// they serve as keys, and must differ.
    /// </summary>
    /// <param name="file">The file that has them.</param>
    /// <param name="key">The key in it.</param>
    /// <param name="names">The names in the order of the logits.</param>
    /// <exception cref="InvalidDataException">A name is no label.</exception>
    protected static IReadOnlyList<string> ReadLabels(ConfigFile file, string key, IEnumerable<string> names)
    {
        string[] labels = [.. names.Select(static name => name.Trim())];
        for (int i = 0; i < labels.Length; i++)
        {
            if (LabelFile.ProblemOf(labels[i]) is { } problem)
            {
                throw file.Error(string.Create(
                    CultureInfo.InvariantCulture,
                    $"has in \"{key}\" a name of class {i} that {problem}; change it, or give all names with --labels "
                    + $"(ConversionOptions.Labels)"));
            }
        }

        var repeated = labels.CountBy(static label => label).Where(static pair => pair.Value > 1).Select(static pair => pair.Key).ToHashSet();
        var taken = labels.ToHashSet(StringComparer.Ordinal);
        return [.. labels.Select((label, index) => repeated.Contains(label) ? DistinctNames.Make(label, index, taken) : label)];
    }

    /// <summary>A mean or a standard deviation as <see cref="ImagePreprocessing"/> has it: empty for none.</summary>
    /// <param name="values">One for each channel, in units of the rescaled values.</param>
    /// <param name="neutral">The value that changes nothing.</param>
    /// <param name="scale">The rescaled value of white.</param>
    protected static float[] Channels(double[] values, double neutral, double scale)
    {
        float[] channels = Array.ConvertAll(values, value => (float)(value / scale));
        return Array.TrueForAll(channels, channel => channel == neutral) ? [] : channels;
    }
}
