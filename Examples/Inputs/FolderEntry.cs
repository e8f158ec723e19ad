using System.IO.Enumeration;

namespace MlNetMobileViT.Examples.Inputs;

/// <summary>A name in a folder.</summary>
/// <param name="Name">The name, without its folder.</param>
/// <param name="IsFolder">Whether it is a folder or a link to one.</param>
/// <param name="IsLink">Whether it is a link.</param>
internal readonly record struct FolderEntry(string Name, bool IsFolder, bool IsLink)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Lists a folder in the file system's own order.</summary>
    public static IEnumerable<FolderEntry> List(string folder) => new FileSystemEnumerable<FolderEntry>(
        folder,
        static (ref FileSystemEntry entry) => new FolderEntry(
            entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0),
        Everything);
}
