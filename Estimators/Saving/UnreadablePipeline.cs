namespace MlNetMobileViT;

/// <summary>
/// What a saved pipeline that cannot be loaded throws. ML.NET's own loader throws whatever it stumbles over, by reflection or
/// not; to a caller it is all the same, an <see cref="InvalidDataException"/>, unless the fault is not the file's.
/// </summary>
internal static class UnreadablePipeline
{
    // What .NET gives an IOException that no system call failed for: a seek to before the beginning, say.
    private const int NoSystemError = unchecked((int)0x80131620);

    /// <summary>The exception for the caller.</summary>
    /// <param name="source">What was loaded: a path, or a description of the stream.</param>
    /// <param name="exception">What was thrown.</param>
    public static Exception Error(string source, Exception exception)
    {
        // The innermost says what is wrong, unless one on the way has said it in this library's words.
        Exception cause = exception;
        while (!IsOfTheMachine(cause) && cause is not InvalidDataException && cause.InnerException is not null)
        {
            cause = cause.InnerException;
        }

        return IsOfTheMachine(cause)
            ? cause
            : new InvalidDataException(
                $"'{source}' is not a pipeline that can be loaded: {cause.Message.TrimEnd('.')}. It is damaged, cut off or something else; "
                + "copy it again, or save it again.",
                exception);
    }

    /// <summary>A disk that is full or fails, a file that may not be read or written, a native library that is not there.</summary>
    private static bool IsOfTheMachine(Exception exception) => exception switch
    {
        EndOfStreamException or FileNotFoundException or FileLoadException => false,
        IOException => exception.HResult != NoSystemError,
        _ => exception is UnauthorizedAccessException or DllNotFoundException,
    };
}
