namespace MlNetMobileViT.Examples;

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
