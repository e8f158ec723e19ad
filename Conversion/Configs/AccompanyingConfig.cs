namespace MlNetMobileViT.Conversion;

/// <summary>
/// The JSON files beside a checkpoint, as far as they belong to it. In a folder that was given as such they must; beside a
/// lone file they may be of something else, and are then left alone with a note.
/// </summary>
internal sealed class AccompanyingConfig
{
    private readonly bool _isRequired;
    private readonly List<string> _notes = [];
    private ModelConfig? _config;

    private AccompanyingConfig(bool isRequired) => _isRequired = isRequired;

    /// <summary>What was taken from the files and what was not, in sentences.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The attention heads that the files tell.</summary>
    public int? Heads => _config?.Heads;

    /// <summary>Reads the files beside a checkpoint.</summary>
    /// <param name="checkpointFile">The file of weights.</param>
    /// <param name="isRequired">Whether the files must belong to it.</param>
    /// <exception cref="InvalidDataException">They must and do not.</exception>
    public static AccompanyingConfig Read(string checkpointFile, bool isRequired)
    {
        var found = new AccompanyingConfig(isRequired);
        found.Attempt(() => found._config = ModelConfig.Read(Path.GetDirectoryName(Path.GetFullPath(checkpointFile))!));
        return found;
    }

    /// <summary>Takes what fits the weights.</summary>
    /// <param name="weights">The weights beside the files.</param>
    /// <param name="options">What the caller wants, which comes before what the files say.</param>
    /// <returns>The options, with the labels that the files tell, and the preprocessing; null for a preset.</returns>
    /// <exception cref="InvalidDataException">The files must fit and do not, or ask for what is not done here.</exception>
    public (ConversionOptions Options, ImagePreprocessing? Preprocessing) Apply(ModelWeights weights, ConversionOptions options)
    {
        IReadOnlyList<string>? labels = null;
        Attempt(() =>
        {
            _config?.RequireFit(weights);
            labels = options.Labels is null ? _config?.Labels : null;
        });
        if (_config is null)
        {
            return (options, null);
        }

        var taken = new List<string>();
        if (labels is not null)
        {
            taken.Add($"the labels of '{ModelConfig.FileName}'");
            options = options with { Labels = labels };
        }

        // Files that belong to the weights and ask for what is not done here are an error even beside a lone file: anything
        // else would be a guess.
        ImagePreprocessing? preprocessing = options.Preset is null ? _config.ReadPreprocessing() : null;
        if (preprocessing is not null)
        {
            taken.Add($"the preprocessing of '{_config.PreprocessingFile}'");
            preprocessing = Resized(preprocessing, options);
            options = options with { Height = preprocessing.Height, Width = preprocessing.Width };
        }
        else if (options.Preset is null)
        {
            _notes.Add($"There is no preprocessing in '{_config.PreprocessingFile}' beside the weights; it is the preset of their layout.");
        }

        if (taken.Count > 0)
        {
            _notes.Insert(0, $"Taken from beside the weights: {string.Join(" and ", taken)}.");
        }

        return (options, preprocessing);
    }

    /// <summary>The preprocessing for the size that the caller wants: the part that the crop keeps stays the same.</summary>
    private ImagePreprocessing Resized(ImagePreprocessing preprocessing, ConversionOptions options)
    {
        int height = options.Height ?? preprocessing.Height;
        int width = options.Width ?? preprocessing.Width;
        long share = Math.Max(height, width);
        var resized = preprocessing with
        {
            Height = height,
            Width = width,
            ResizeSize = (int)(preprocessing.ResizeSize * share / Math.Max(preprocessing.Height, preprocessing.Width)),
        };
        try
        {
            (options with { Height = height, Width = width }).Validate();
            resized.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(
                $"The preprocessing of '{_config!.PreprocessingFile}' beside the weights cannot be used: {exception.Message} Choose "
                + "another with --input-size or --preset (ConversionOptions.Height, Width and Preset).",
                exception);
        }

        return resized;
    }

    private void Attempt(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException exception) when (!_isRequired)
        {
            _config = null;
            _notes.Add($"Not taken: {char.ToLowerInvariant(exception.Message[0])}{exception.Message[1..]}");
        }
    }
}
