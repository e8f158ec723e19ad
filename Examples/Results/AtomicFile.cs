using MlNetMobileViT.Examples.Inputs;

namespace MlNetMobileViT.Examples.Results;

/// <summary>Writes a file so that other programs see the old one, or nothing, until the new one is whole.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the file and renames at the end; where that fails, the file is as it was before.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        // Behind a link it is the file that is meant, and the link stays.
        path = new FileInfo(path).LinkTarget is null ? path : RealPath.Of(path);
        string temporary = Temporary(path);
        try
        {
            await using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Checks that a file can be written where it is wanted, before any work is done for it.</summary>
    /// <exception cref="CommandException">The folder is missing or not writable, or the path is a folder.</exception>
    public static void RequireWritable(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(path))
        {
            throw new CommandException($"'{path}' is a folder; name the file to write.");
        }

        if (!Directory.Exists(folder))
        {
            throw new CommandException($"There is no folder '{folder}' to write '{Path.GetFileName(path)}' to. Create it first.");
        }

        string probe = Temporary(path);
        try
        {
            using var stream = new FileStream(
                probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            stream.WriteByte(0);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"'{path}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>A name beside the file that nobody has.</summary>
    private static string Temporary(string path) => $"{path}.{Guid.NewGuid():N}.tmp";
}
