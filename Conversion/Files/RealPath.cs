namespace MlNetMobileViT.Conversion;

/// <summary>Where a path leads: every link on the way followed, and names compared as the file system compares them.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>The path of a file or folder with every link on the way resolved, as the system resolves them.</summary>
    public static string Of(string path)
    {
        // .NET takes '..' out of a path before the system sees it; in a link, it is the system that follows it.
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(PartsOf(full, real).Reverse());
        for (int links = 0; rest.TryPop(out string? part);)
        {
            if (part is "." or "..")
            {
                real = part == "." ? real : Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, part);
            // Links that lead to each other in a circle lead nowhere.
            if (links < MostLinks && new FileInfo(next).LinkTarget is { } target)
            {
                links++;
                string root = Path.GetPathRoot(target)!;
                real = Path.IsPathFullyQualified(target) ? root : real;
                foreach (string step in PartsOf(target, root).Reverse())
                {
                    rest.Push(step);
                }
            }
            else
            {
                real = next;
            }
        }

        return real;
    }

    /// <summary>The path that a write through <paramref name="path"/> replaces: the end of a link, not the link.</summary>
    public static string BehindLink(string path) => new FileInfo(path).LinkTarget is null ? path : Of(path);

    /// <summary>Whether two paths are of one file, so that writing one writes over the other.</summary>
    public static bool AreSame(string left, string right) => AreSame(Of(left), Of(right), Names, Path.Exists);

    /// <summary>Whether two real paths are of one file.</summary>
    /// <param name="left">A path without links.</param>
    /// <param name="right">Another.</param>
    /// <param name="names">Lists a folder; tests stand in for other file systems.</param>
    /// <param name="exists">Whether a path leads to anything.</param>
    internal static bool AreSame(
        string left, string right, Func<string, IEnumerable<string>> names, Func<string, bool> exists)
    {
        if (left == right)
        {
            return true;
        }

        string folder = Path.GetPathRoot(left)!;
        string[] leftParts = PartsOf(left, folder);
        string[] rightParts = PartsOf(right, Path.GetPathRoot(right)!);
        if (!FoldedEquals(folder, Path.GetPathRoot(right)!) || leftParts.Length != rightParts.Length)
        {
            return false;
        }

        foreach (var (one, other) in leftParts.Zip(rightParts))
        {
            if (one != other && !AreOneName(folder, one, other, names, exists))
            {
                return false;
            }

            folder = Path.Combine(folder, one);
        }

        return true;
    }

    /// <summary>Names that differ at most by case or by the way in which accents are encoded.</summary>
    public static bool FoldedEquals(string left, string right) =>
        string.Equals(DecomposedText.Of(left), DecomposedText.Of(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether two spellings of a name are one entry of the folder. Which file systems ignore case is not known by the
    /// operating system alone (a memory card on Linux does, some volumes of macOS do not), but where both are found and one is
    /// listed, it is one file.
    /// </summary>
    private static bool AreOneName(
        string folder, string one, string other, Func<string, IEnumerable<string>> names, Func<string, bool> exists) =>
        FoldedEquals(one, other)
        && exists(Path.Combine(folder, one))
        && exists(Path.Combine(folder, other))
        && names(folder).Count(found => FoldedEquals(found, one)) == 1;

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!);

    private static string[] PartsOf(string path, string root) =>
        path[root.Length..].Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
