namespace MlNetMobileViT.Conversion;

/// <summary>The per-user folder in which downloaded weights are kept.</summary>
public static class WeightsCache
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
