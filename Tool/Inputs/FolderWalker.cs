using System.IO.Enumeration;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Lists the files of a folder in an order that is the same on every machine.</summary>
/// <remarks>
/// Files come before subfolders, each in ordinal order of the names. Links to folders are followed after everything that lies
/// in the folder itself, and a folder that was listed already is not listed again, so that links in circles end. Only one
/// folder's names are held in memory at a time, and the folders on the way to it. Hidden folders and those that systems keep for
/// themselves (<see cref="SystemFolders"/>) are passed over, below the one that was asked for.
/// </remarks>
/// <param name="list">Lists one folder; <see cref="FolderEntry.List"/> but in tests.</param>
/// <param name="note">Receives a sentence for each link that was not followed.</param>
internal sealed class FolderWalker(Func<string, IEnumerable<FolderEntry>> list, Action<string> note)
{
    private readonly List<string> _passedOver = [];

    /// <summary>The hidden and system folders that the last walks passed over.</summary>
    public IReadOnlyList<string> PassedOver => _passedOver;

    /// <summary>A file below the folder, or a folder that could not be read.</summary>
    public readonly record struct Found(string Path, string Relative, string? Error)
    {
        /// <summary>Whether it is a folder, which could not be read.</summary>
        public bool IsFolder { get; init; }
    }

    private readonly record struct Folder(string Path, string Relative, string Real);

    public IEnumerable<Found> Walk(string root, bool recursive)
    {
        string real = RealPath.Of(root);
        var listed = new HashSet<string>(StringComparer.Ordinal) { real };
        var pending = new Stack<Folder>();
        var links = new Queue<Folder>();
        pending.Push(new Folder(root, "", real));
        while (pending.Count > 0 || links.Count > 0)
        {
            if (pending.Count == 0)
            {
                Folder link = links.Dequeue();
                if (!listed.Add(link.Real))
                {
                    note($"'{link.Path}' links to a folder that is listed already ('{link.Real}'); it is not listed twice.");
                    continue;
                }

                pending.Push(link);
            }

            Folder folder = pending.Pop();
            if (!TryList(folder.Path, out FolderEntry[] entries, out string? error))
            {
                yield return new Found(folder.Path, folder.Relative, error) { IsFolder = true };
                continue;
            }

            foreach (FolderEntry entry in entries.Where(entry =>
                !entry.IsFolder || (recursive && entry.Error is not null && !IsPassedOver(entry))))
            {
                yield return new Found(Path.Combine(folder.Path, entry.Name), Join(folder.Relative, entry.Name), entry.Error)
                {
                    IsFolder = entry.IsFolder,
                };
            }

            if (recursive)
            {
                entries = [.. entries.Where(entry => entry.IsFolder && entry.Error is null)];
                _passedOver.AddRange(entries.Where(IsPassedOver).Select(entry => Join(folder.Relative, entry.Name)));
                entries = [.. entries.Where(entry => !IsPassedOver(entry))];

                // The stack hands out the last folder first.
                foreach (FolderEntry entry in entries.Reverse().Where(entry => !entry.IsLink))
                {
                    var child = Child(folder, entry);
                    if (listed.Add(child.Real))
                    {
                        pending.Push(child);
                    }
                }

                foreach (FolderEntry entry in entries.Where(entry => entry.IsLink))
                {
                    var child = Child(folder, entry);
                    links.Enqueue(child with { Real = RealPath.Of(child.Path) });
                }
            }
        }
    }

    private static bool IsPassedOver(FolderEntry entry) => SystemFolders.IsSystem(entry.Name);

    private static Folder Child(Folder folder, FolderEntry entry) => new(
        Path.Combine(folder.Path, entry.Name), Join(folder.Relative, entry.Name), Path.Combine(folder.Real, entry.Name));

    private static string Join(string relative, string name) => relative.Length == 0 ? name : $"{relative}/{name}";

    private bool TryList(string folder, out FolderEntry[] entries, out string? error)
    {
        try
        {
            entries = [.. list(folder)];
            // A name has the same place whether a system writes its accents composed or decomposed.
            Array.Sort(entries, static (left, right) =>
                string.CompareOrdinal(DecomposedText.Of(left.Name), DecomposedText.Of(right.Name)) is not 0 and var order
                    ? order
                    : string.CompareOrdinal(left.Name, right.Name));
            error = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            entries = [];
            error = $"The folder cannot be read: {exception.Message}";
            return false;
        }
    }
}

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

/// <summary>Folders that programs leave among people's own, with copies, thumbnails or deleted files in them.</summary>
internal static class SystemFolders
{
    // Compared without case: these disks are shared with systems that do not tell case apart.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "$RECYCLE.BIN", "RECYCLER", "System Volume Information", // Windows
        "__MACOSX", // archives made on macOS
        "lost+found", // Linux, after a check of the disk
        "@eaDir", "#recycle", "#snapshot", // Synology
        "@Recycle", "@Recently-Snapshot", // QNAP
    };

    /// <summary>
    /// Whether a folder below one that was named is hidden (a leading dot, such as <c>.git</c>, <c>.ipynb_checkpoints</c> or
    /// <c>.Trash-1000</c>) or a system's own.
    /// </summary>
    /// <param name="name">The folder's name, without the path to it.</param>
    public static bool IsSystem(string name) => (name.StartsWith('.') && name is not ("." or "..")) || Names.Contains(name);
}
