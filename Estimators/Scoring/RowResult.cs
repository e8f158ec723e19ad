using System.Runtime.ExceptionServices;

namespace MlNetMobileViT;

/// <summary>What was computed for one row; reused from row to row.</summary>
internal sealed class RowResult
{
    private readonly BadImageHandling _badImages;

    public RowResult(IReadOnlyList<int> lengths, BadImageHandling badImages)
    {
        _badImages = badImages;
        Values = [.. lengths.Select(static length => new float[length])];
    }

    /// <summary>The values of every output that the scorer computes; NaN where <see cref="Error"/> is set.</summary>
    public float[][] Values { get; }

    /// <summary>Why there are no values, or null.</summary>
    public Exception? Error { get; private set; }

    /// <summary>The text of the error column.</summary>
    public string ErrorText => Error?.Message ?? "";

    public void Clear() => Error = null;

    public void Fail(Exception error)
    {
        Error = error;
        foreach (float[] values in Values)
        {
            Array.Fill(values, float.NaN);
        }
    }

    /// <summary>Throws the row's error, unless it is one that the error column takes.</summary>
    public void ThrowIfFailed()
    {
        if (Error is not null && !BadImage.IsMarked(Error, _badImages))
        {
            ExceptionDispatchInfo.Throw(Error);
        }
    }
}
