namespace MlNetMobileViT.Conversion;

/// <summary>Writes a file so that other programs see the old one, or nothing, until the new one is whole.</summary>
internal static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes beside the file and renames at the end; where that fails, the file is as it was before.</summary>
    /// <param name="path">The file; behind a link, its target, and the link stays.</param>
    /// <param name="write">Writes the content. What it has written can be read back from the stream.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public static async Task WriteAsync(string path, Func<FileStream, Task> write)
    {
        path = RealPath.BehindLink(path);
        string temporary = TemporaryFor(path);
        try
        {
            await using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferBytes))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            && exception.Message.Contains(Path.GetFullPath(temporary), StringComparison.Ordinal))
        {
            // The name that the user knows.
            throw WithMessage(exception, exception.Message.Replace(Path.GetFullPath(temporary), path, StringComparison.Ordinal));
        }
        finally
        {
            DeleteIfPossible(temporary);
        }
    }

    /// <summary>Checks that a file can be written where it is wanted, before any work is done for it.</summary>
    /// <exception cref="DirectoryNotFoundException">Its folder is missing.</exception>
    /// <exception cref="ArgumentException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static void RequireWritable(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (Directory.Exists(full))
        {
            throw new ArgumentException($"'{path}' is a folder; name the file to write.");
        }

        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"The folder of the output '{path}' does not exist; there is no folder '{folder}'. Create it, or name another file.");
        }

        if (FileKinds.Of(full) is FileKind.Pipe or FileKind.Socket or FileKind.Device)
        {
            // Moving the finished file into place would replace the device or pipe, which root is allowed to do.
            throw new ArgumentException($"'{path}' is a {FileKinds.NameOf(FileKinds.Of(full))}; name a file to write.");
        }

        try
        {
            string real = RealPath.BehindLink(full);
            using (var probe = new FileStream(
                TemporaryFor(real), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                probe.WriteByte(0);
                probe.Flush(flushToDisk: true);
            }

            if (OperatingSystem.IsWindows() && File.Exists(real))
            {
                // A program that holds the file open, as Excel does, would let the last rename fail after hours of work.
                new FileStream(real, FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw WithMessage(exception, $"'{path}' cannot be written: {exception.Message}");
        }
    }

    /// <summary>An exception of the same kind that says something else.</summary>
    public static Exception WithMessage(Exception exception, string message) => exception is UnauthorizedAccessException
        ? new UnauthorizedAccessException(message, exception)
        : new IOException(message, exception);

    private static void DeleteIfPossible(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What went wrong first is what the user has to know.
        }
    }

    /// <summary>A name beside the file that nobody has.</summary>
    private static string TemporaryFor(string path) => $"{path}.{Guid.NewGuid():N}.tmp";
}
