namespace MlNetMobileViT.Examples.Inputs;

/// <summary>The path of a file or folder with every link on the way resolved.</summary>
internal static class RealPath
{
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            FileSystemInfo? target = new DirectoryInfo(next) is { LinkTarget: not null } link
                ? link.ResolveLinkTarget(returnFinalTarget: true)
                : null;
            // A link's target may itself lie behind links.
            real = target is null ? next : Of(target.FullName);
        }

        return real;
    }
}
