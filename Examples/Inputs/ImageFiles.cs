namespace MlNetMobileViT.Examples.Inputs;

/// <summary>Which files of a folder are taken for pictures.</summary>
internal static class ImageFiles
{
    // Formats that the decoder does not read are listed too: a picture that is skipped in silence is worse than one that fails.
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".ico",
        ".tif", ".tiff", ".heic", ".heif", ".avif",
    };

    /// <summary>Whether the name ends like that of a picture and is not hidden (a leading dot).</summary>
    public static bool IsImageName(string name) => !name.StartsWith('.') && Extensions.Contains(Path.GetExtension(name));
}
