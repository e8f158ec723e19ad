using System.IO.Enumeration;

namespace MlNetMobileViT.Examples;

/// <summary>A name in a folder.</summary>
/// <param name="Name">The name, without its folder.</param>
/// <param name="IsFolder">Whether it is a folder or a link to one.</param>
/// <param name="IsLink">Whether it is a link.</param>
/// <param name="Error">Why nothing of this name can be opened, or null.</param>
internal readonly record struct FolderEntry(string Name, bool IsFolder, bool IsLink, string? Error = null)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Lists a folder in the file system's own order.</summary>
    public static IReadOnlyList<FolderEntry> List(string folder)
    {
        List<FolderEntry> entries =
        [
            .. new FileSystemEnumerable<FolderEntry>(
                folder,
                static (ref FileSystemEntry entry) => new FolderEntry(
                    entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0),
                Everything),
        ];
        if (!OperatingSystem.IsLinux() || !entries.Exists(static entry => UndecodableNames.IsSuspicious(entry.Name)))
        {
            return entries;
        }

        // Names that are no text were read as text all the same, several of them perhaps alike.
        FolderEntry[] suspicious = [.. UndecodableNames.In(folder)];
        return
        [
            .. entries.Where(static entry => !UndecodableNames.IsSuspicious(entry.Name)),
            .. entries.IntersectBy(suspicious.Where(entry => entry.Error is null).Select(entry => entry.Name), entry => entry.Name),
            .. suspicious.Where(static entry => entry.Error is not null),
        ];
    }
}
