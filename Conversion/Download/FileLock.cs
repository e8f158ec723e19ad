namespace MlNetMobileViT.Conversion;

/// <summary>A lock between processes: an empty file that one of them holds open.</summary>
/// <remarks>
/// The file stays behind. Deleting it would let a third process lock a new file of the same name while a second still waits
/// for the old one.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The file.</param>
    /// <param name="waiting">Called once, with the path, when another process has held the lock for two seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The file cannot be opened, for a reason other than that somebody holds it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public static async Task<FileLock> AcquireAsync(string path, Action<string>? waiting, CancellationToken cancellationToken)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (TryAcquire(path) is { } acquired)
            {
                return acquired;
            }

            if (waiting is not null && waited.Elapsed >= Patience)
            {
                waiting(path);
                waiting = null;
            }

            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the lock if nobody has it.</summary>
    /// <returns>The lock; null where another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened, for a reason other than that somebody holds it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public static FileLock? TryAcquire(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (IsHeld(exception.HResult))
        {
            return null;
        }
    }

    /// <summary>
    /// Whether an error says that somebody else has the file open. .NET gives the error number of the system: on Unix that of
    /// <c>flock</c>.
    /// </summary>
    internal static bool IsHeld(int hresult)
    {
        const int SharingViolation = unchecked((int)0x80070020), LockViolation = unchecked((int)0x80070021);
        const int LinuxWouldBlock = 11, BsdWouldBlock = 35;
        return hresult is SharingViolation or LockViolation
            || (OperatingSystem.IsLinux() && hresult == LinuxWouldBlock)
            || (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows() && hresult == BsdWouldBlock);
    }

    public void Dispose() => _stream.Dispose();
}
