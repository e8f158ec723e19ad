namespace MlNetMobileViT.Conversion;

/// <summary>The per-user folder in which downloaded weights and models converted on first use are kept.</summary>
internal static class WeightsCache
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string EnvironmentVariable = "MOBILEVIT_CACHE";

    private const string FolderName = "mobilevit";

    /// <summary>
    /// The value of <see cref="EnvironmentVariable"/>; else <c>mobilevit</c> below <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>
    /// (Linux), <c>%LOCALAPPDATA%</c> (Windows) or <c>~/Library/Caches</c> (macOS).
    /// </summary>
    public static string DefaultFolder => Resolve(
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath,
        OperatingSystem.IsWindows(),
        OperatingSystem.IsMacOS());

    /// <summary>Makes the folder of a file where it is missing, and waits for the file's lock: <c>.lock</c> beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="waiting">Called once, with the path of the lock, when somebody else has held it for two seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The folder cannot be made or written; the message says how to name another.</exception>
    public static async Task<FileLock> LockAsync(string path, Action<string>? waiting, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(path)!;
        string attempt = "made";
        try
        {
            Directory.CreateDirectory(folder);
            attempt = "written";
            return await FileLock.AcquireAsync(path + ".lock", waiting, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The cache folder '{folder}' cannot be {attempt}: {exception.Message.TrimEnd('.')}. Set {EnvironmentVariable} "
                + "(MobileViTLoadOptions.CacheFolder) to another folder.",
                exception);
        }
    }

    internal static string Resolve(
        Func<string, string?> environment,
        Func<Environment.SpecialFolder, string> folders,
        bool isWindows,
        bool isMacOS)
    {
        if (environment(EnvironmentVariable) is { Length: > 0 } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        if (isWindows)
        {
            return Path.Combine(folders(Environment.SpecialFolder.LocalApplicationData), FolderName);
        }

        string home = folders(Environment.SpecialFolder.UserProfile);
        if (isMacOS)
        {
            return Path.Combine(home, "Library", "Caches", FolderName);
        }

        // The XDG specification has relative paths ignored.
        return environment("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? Path.Combine(xdg, FolderName)
            : Path.Combine(home, ".cache", FolderName);
    }
}
