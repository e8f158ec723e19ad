namespace MlNetMobileViT.Conversion;

/// <summary>
/// The JSON files beside a checkpoint, as far as they belong to it. In a folder that was given as such they must; beside a
/// lone file they may be of something else, and are then left alone with a note.
/// </summary>
internal sealed class AccompanyingConfig(bool isRequired)
{
    private readonly List<string> _notes = [];
    private ModelConfig? _config;

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

    /// <summary>The files beside a checkpoint that are read where they are there.</summary>
    public static IEnumerable<string> FilesBeside(string checkpointFile) => new[] { ModelConfig.FileName, HuggingFaceConfig.PreprocessorFileName }
        .Select(name => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(checkpointFile)) ?? "", name));

    /// <summary>Takes what fits the weights, as far as the caller did not say it.</summary>
    /// <param name="weights">The weights beside the files.</param>
    /// <param name="takeLabels">Whether to take the labels.</param>
    /// <param name="takePreprocessing">Whether to take the preprocessing.</param>
    /// <param name="wantedHeight">The height of the input that the caller wants; null for that of the preprocessing.</param>
    /// <param name="wantedWidth">The width of the input that the caller wants; null for that of the preprocessing.</param>
    /// <returns>The labels and the preprocessing; null for what is not taken or not there.</returns>
    /// <exception cref="InvalidDataException">The files must fit and do not, or ask for what is not done here.</exception>
    public (IReadOnlyList<string>? Labels, ImagePreprocessing? Preprocessing) Apply(
        ModelWeights weights, bool takeLabels = true, bool takePreprocessing = true, int? wantedHeight = null, int? wantedWidth = null)
    {
        IReadOnlyList<string>? labels = null;
        Attempt(() =>
        {
            _config?.RequireFit(weights);
            labels = takeLabels ? _config?.Labels : null;
        });
        if (_config is null)
        {
            return (null, null);
        }

        var taken = new List<string>();
        if (labels is not null)
        {
            taken.Add($"the labels of '{ModelConfig.FileName}'");
        }

        // Files that belong to the weights and ask for what is not done here are an error even beside a lone file: anything
        // else would be a guess.
        ImagePreprocessing? preprocessing = takePreprocessing ? _config.ReadPreprocessing() : null;
        if (preprocessing is not null)
        {
            bool isUntrained = IsUntrained(weights, preprocessing);
            preprocessing = Resized(preprocessing, wantedHeight ?? preprocessing.Height, wantedWidth ?? preprocessing.Width);
            if (isUntrained)
            {
                int height = preprocessing.Height, width = preprocessing.Width;
                preprocessing = PreprocessingPresets.Get(weights.Architecture.Family.PresetOf(weights.Layout, height, width), height, width);
                _notes.Add(
                    $"Of the preprocessing of '{_config.PreprocessingFile}' only the size is taken: its channel order and filter are not those "
                    + "that the published weights of this network were trained with.");
            }
            else
            {
                taken.Add($"the preprocessing of '{_config.PreprocessingFile}'");
            }
        }
        else if (takePreprocessing)
        {
            _notes.Add($"There is no preprocessing in '{_config.PreprocessingFile}' beside the weights; it is the preset of their layout.");
        }

        if (taken.Count > 0)
        {
            _notes.Insert(0, $"Taken from beside the weights: {string.Join(" and ", taken)}.");
        }

        return (labels, preprocessing);
    }

    /// <summary>
    /// Whether preprocessing is what the hub of Hugging Face has beside Apple's weights of MobileViTv2, which were trained with another:
    /// BGR and bilinear instead of RGB and bicubic. Networks with classes of their own may well have been trained with it.
    /// </summary>
    private static bool IsUntrained(ModelWeights weights, ImagePreprocessing preprocessing) =>
        weights.Architecture.Family == MobileViTFamily.V2
        && weights.Layout == CheckpointLayout.HuggingFace
        && MobileViTVariants.IsPublished(weights.Architecture)
        && preprocessing == PreprocessingPresets.Get(PreprocessingPresets.HuggingFaceV2, preprocessing.Height, preprocessing.Width);

    /// <summary>The preprocessing for another size: the part that the crop keeps stays the same.</summary>
    private ImagePreprocessing Resized(ImagePreprocessing preprocessing, int height, int width)
    {
        long share = Math.Max(height, width);
        var resized = preprocessing with
        {
            Height = height,
            Width = width,
            ResizeSize = (int)(preprocessing.ResizeSize * share / Math.Max(preprocessing.Height, preprocessing.Width)),
        };
        try
        {
            GraphStyle.RequireSide(height, nameof(resized.Height));
            GraphStyle.RequireSide(width, nameof(resized.Width));
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
        catch (InvalidDataException exception) when (!isRequired)
        {
            _config = null;
            _notes.Add($"Not taken: {char.ToLowerInvariant(exception.Message[0])}{exception.Message[1..]}");
        }
    }
}
