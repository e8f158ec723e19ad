namespace MlNetMobileViT.Tool;

/// <summary>Which files of a folder are taken for pictures.</summary>
internal static class ImageFiles
{
    // Formats that the decoder does not read are listed too: a picture that is skipped in silence is worse than one that fails.
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".ico",
        ".tif", ".tiff", ".heic", ".heif", ".avif",
    };

    // No decoder here, and, unlike the formats above, seldom what a camera's photos are kept in: counted, not scored.
    private static readonly HashSet<string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jxl", ".jp2", ".j2k", ".jpf", ".jpx", ".jxr", ".svg", ".svgz", ".psd", ".psb", ".xcf", ".ai", ".eps", ".tga", ".pcx",
        ".ppm", ".pgm", ".pbm", ".pnm", ".hdr", ".exr", ".qoi", ".emf", ".wmf", ".icns", ".cur", ".dds", ".bpg", ".flif",
        ".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw", ".heics", ".avifs",
    };

    /// <summary>Whether the name ends like that of a picture in a format that nothing here reads, and is not hidden.</summary>
    public static bool IsOtherImageName(string name) => !name.StartsWith('.') && Others.Contains(Path.GetExtension(name));

    /// <summary>Whether the name ends like that of a picture and is not hidden (a leading dot).</summary>
    public static bool IsImageName(string name) => !name.StartsWith('.') && Extensions.Contains(Path.GetExtension(name));
}
