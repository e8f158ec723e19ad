namespace MlNetMobileViT;

/// <summary>Tells an image that cannot be read from a failure of something else.</summary>
internal static class BadImage
{
    /// <summary>
    /// Whether an exception is about the image of one row, so that the other rows are not affected: the file is missing, may
    /// not be read, or is not an image.
    /// </summary>
    public static bool IsReason(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException
            or MissingPixelsException;
}
