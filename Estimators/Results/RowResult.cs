using System.Runtime.ExceptionServices;

namespace MlNetMobileViT;

/// <summary>What was made of one row: the values of a transform's columns. Reused from row to row.</summary>
internal sealed class RowResult
{
    private readonly IReadOnlyList<OutputColumn> _columns;
    private readonly BadImageHandling _badImages;
    private readonly object[] _cells;
    private readonly ErrorColumn? _errorColumn;

    public RowResult(IReadOnlyList<OutputColumn> columns, BadImageHandling badImages)
    {
        _columns = columns;
        _badImages = badImages;
        _errorColumn = columns.OfType<ErrorColumn>().SingleOrDefault();
        _cells = [.. columns.Select(static column => column.CreateCell())];
    }

    /// <summary>Where the model's input lies in the picture; null where there is no picture, but pixels.</summary>
    public ImageGeometry? Geometry { get; set; }

    /// <summary>Why there are no values, or null.</summary>
    public Exception? Error { get; private set; }

    /// <summary>
    /// The error where it is marked and this row's own; null where there is none, where it is thrown, and where a step before has
    /// marked the image.
    /// </summary>
    public Exception? MarkedError =>
        Error is not (null or MissingPixelsException) && RowError.IsMarked(Error, _badImages) ? Error : null;

    /// <summary>The text of the error column.</summary>
    public string ErrorText => Error?.Message ?? "";

    /// <summary>The values of a column, to read or to write; missing ones where <see cref="Error"/> is set.</summary>
    public Span<T> Values<T>(OutputColumn<T> column) => (T[])_cells[column.Index];

    public void Clear()
    {
        Error = null;
        Geometry = null;
        WriteError();
    }

    public void Fail(Exception error)
    {
        Error = error;
        foreach (OutputColumn column in _columns)
        {
            column.SetMissing(_cells[column.Index]);
        }

        WriteError();
    }

    /// <summary>Throws the row's error, unless it is one that the error column takes.</summary>
    public void ThrowIfFailed()
    {
        if (Error is not null && !RowError.IsMarked(Error, _badImages))
        {
            ExceptionDispatchInfo.Throw(Error);
        }
    }

    private void WriteError()
    {
        if (_errorColumn is not null)
        {
            Values(_errorColumn)[0] = ErrorText.AsMemory();
        }
    }
}

/// <summary>Tells an image that cannot be read from a failure of something else.</summary>
internal static class RowError
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
