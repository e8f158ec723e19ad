namespace MlNetMobileViT.UnitTests;

/// <summary>
/// The reference data that may lie beside the repository (<c>../shared</c>): checkpoints, photos and golden numbers from the
/// official implementation, too large or not ours to commit.
/// </summary>
internal static class Reference
{
    /// <summary>The root of the repository: the nearest folder above the test assembly that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>The folder <c>shared</c> beside the repository.</summary>
    public static string Shared { get; } =
        Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>Whether the reference data is there.</summary>
    public static bool IsAvailable { get; } = Directory.Exists(Path.Combine(Shared, "reference"));

    /// <summary>The path of a file or folder below <c>shared/reference</c>.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Shared, "reference", .. parts]);

    /// <summary>The path of a file or folder below <c>shared/reference-v2-heads</c>.</summary>
    public static string V2PathOf(params string[] parts) => Path.Combine([Shared, "reference-v2-heads", .. parts]);

    /// <summary>The path of a file or folder of the repository.</summary>
    public static string InRepository(params string[] parts) => Path.Combine([RepositoryRoot, .. parts]);

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MlNetMobileViT.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No MlNetMobileViT.sln above '{AppContext.BaseDirectory}'.");
    }
}
