namespace MlNetMobileViT;

/// <summary>Tells an image that cannot be read from a failure of something else.</summary>
internal static class BadImage
{
    /// <summary>Whether a row's error goes into the error column, and its values are missing; what is not, is thrown.</summary>
    public static bool IsMarked(Exception error, BadImageHandling handling) =>
        error is MissingPixelsException || (handling == BadImageHandling.Mark && IsReason(error));

    /// <summary>
    /// Whether an exception is about the image of one row, so that the other rows are not affected: the file is missing, may
    /// not be read, or is not an image, or the model gives no numbers for it.
    /// </summary>
    private static bool IsReason(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException;
}

/// <summary>
/// The pixels of a row are missing, because the step that should have made them could not and was asked to go on. The row's
/// values are missing too, whatever this step does about images that it cannot read itself.
/// </summary>
internal sealed class MissingPixelsException(string message) : Exception(message);
