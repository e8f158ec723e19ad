using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Pictures of folders that a model is calibrated or compared on, with labels where the subfolders name its classes.</summary>
internal sealed class CalibrationFolders
{
    /// <summary>The most pictures that are used; of more, every n-th is.</summary>
    public const int MaxImages = 4000;

    private readonly string _description;
    private readonly ImageInput[] _images;

    /// <param name="folders">The folders.</param>
    /// <param name="minImages">The fewest pictures that will do.</param>
    /// <param name="note">Told about what is left out.</param>
    /// <exception cref="CommandException">There is no such folder, it cannot be read, or it has too few pictures.</exception>
    public CalibrationFolders(IReadOnlyList<string> folders, int minImages, Action<string> note)
    {
        foreach (string folder in folders.Where(static folder => !Directory.Exists(folder)))
        {
            throw new CommandException(File.Exists(folder)
                ? $"'{folder}' is a file; name the folder that it is in."
                : $"There is no folder '{folder}'. Check the path.");
        }

        var inputs = new ImageInputs(folders, recursive: true, TextReader.Null);
        _images = [.. inputs.Enumerate()];
        _description = inputs.Description;
        foreach (string text in inputs.Notes)
        {
            note(text);
        }

        if (Array.Find(_images, static image => image is { Key: "", Error: not null }) is { Error: { } reason } unreadable)
        {
            throw new CommandException($"'{unreadable.Path}': {reason}");
        }

        // What cannot even be listed is told with the pictures that cannot be read.
        Unlisted = [.. _images.Where(static image => image.Error is not null).Select(static image => (image.Path, image.Error!))];
        _images = [.. _images.Where(static image => image.Error is null)];
        if (_images.Length < minImages)
        {
            throw new CommandException(_images.Length == 0
                ? $"There is no image in {_description} or its subfolders."
                : $"There {(_images.Length == 1 ? "is 1 image" : Invariant($"are {_images.Length} images"))} in {_description}; at least "
                    + $"{minImages} are needed, and some hundreds are better.");
        }
    }

    /// <summary>The paths of the pictures.</summary>
    public IEnumerable<string> Paths => _images.Select(static image => image.Path);

    /// <summary>What could not be listed, and why.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unlisted { get; }

    /// <summary>The pictures for a model, folder by folder, so that every other one is of each class.</summary>
    /// <param name="labels">The classes of the model.</param>
    /// <param name="tell">Told what is used.</param>
    public IReadOnlyList<CalibrationImage> Of(IReadOnlyList<string> labels, Action<string> tell)
    {
        int step = (_images.Length + MaxImages - 1) / MaxImages;
        ImageInput[] used = [.. _images.Where((_, index) => index % step == 0)];
        Dictionary<string, string?> classes = Classes(used, labels);
        bool isLabeled = classes.Count > 0 && !classes.ContainsValue(null);
        string which = step == 1 ? "" : Invariant($", every {step}th of {_images.Length:N0}");
        tell(isLabeled
            ? Invariant($"{used.Length:N0} images of {_description}{which}, of {classes.Values.Distinct().Count()} classes that their subfolders name")
            : Invariant($"{used.Length:N0} images of {_description}{which}, without labels"));
        if (!isLabeled && classes.Values.Any(static found => found is not null))
        {
            tell($"The subfolder '{classes.First(static pair => pair.Value is null).Key}' is no class of the model, so none is taken for one.");
        }

        return
        [
            .. used.Select(image => new CalibrationImage(
                image.Path, isLabeled && image.Key.Contains('/') ? classes[ClassOf(image.Key)] : null)),
        ];
    }

    private static Dictionary<string, string?> Classes(IEnumerable<ImageInput> images, IReadOnlyList<string> labels)
    {
        var names = new ClassNames(labels);
        return images.Where(static image => image.Key.Contains('/')).Select(static image => ClassOf(image.Key)).Distinct()
            .ToDictionary(static name => name, names.Find, StringComparer.Ordinal);
    }

    private static string ClassOf(string key) => key.Split('/')[0];
}
