namespace MlNetMobileViT.Tool;

/// <summary>The folder that all pictures of a page are in, which the page says once, and the links to them.</summary>
internal sealed class SharedFolder
{
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private readonly string _pageFolder;

    /// <param name="page">The file of the page, from which links lead to the pictures.</param>
    /// <param name="paths">The pictures.</param>
    public SharedFolder(string page, IEnumerable<string> paths)
    {
        _pageFolder = Path.GetDirectoryName(Path.GetFullPath(page))!;
        string? shared = null;
        foreach (string path in paths)
        {
            shared ??= FolderOf(path);
            while (!path.StartsWith(shared, StringComparison.Ordinal))
            {
                shared = FolderOf(shared[..^1]);
            }
        }

        Name = shared ?? "";
    }

    /// <summary>The folder with a separator at its end; empty where the pictures share none.</summary>
    public string Name { get; }

    /// <summary>The address of the folder, seen from the page; it ends with a slash.</summary>
    public string Link => LinkTo(Name.Length == 0 ? "." : Name).TrimEnd('/') + "/";

    /// <summary>A path without the folder.</summary>
    public string Below(string path) => path.StartsWith(Name, StringComparison.Ordinal) ? path[Name.Length..] : path;

    /// <summary>The address of a file, seen from the page. It is relative where it can be, so that both can move together.</summary>
    public string LinkTo(string path)
    {
        string full = Path.GetFullPath(path);
        string relative = Path.GetRelativePath(_pageFolder, full);
        // Escaped, a name cannot be the scheme of an address.
        return Path.IsPathRooted(relative)
            ? new Uri(full).AbsoluteUri
            : string.Join('/', relative.Split(Separators).Select(Uri.EscapeDataString));
    }

    private static string FolderOf(string path) => path[..(path.LastIndexOfAny(Separators) + 1)];
}
