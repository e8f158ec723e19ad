namespace MlNetMobileViT.Tool;

/// <summary>The classes of pictures that lie in a folder with a subfolder for each.</summary>
/// <param name="folder">The folder, as paths begin.</param>
/// <param name="labels">The classes.</param>
internal sealed class FolderTruth(string folder, IReadOnlyList<string> labels)
{
    private readonly ClassNames _classes = new(labels);
    private readonly Dictionary<string, string?> _labels = new(StringComparer.Ordinal);

    /// <summary>The names of subfolders that are no class, as far as they were asked for.</summary>
    public IEnumerable<string> Unknown => _labels.Where(pair => pair.Value is null).Select(pair => pair.Key);

    /// <summary>The class of a picture; null where it lies in no subfolder, or the subfolder is no class.</summary>
    public string? Of(string path)
    {
        string[] parts = path.StartsWith(folder, StringComparison.Ordinal)
            ? path[folder.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            : [];
        if (parts.Length < 2)
        {
            return null;
        }

        if (!_labels.TryGetValue(parts[0], out string? label))
        {
            _labels[parts[0]] = label = _classes.Find(parts[0]);
        }

        return label;
    }
}
