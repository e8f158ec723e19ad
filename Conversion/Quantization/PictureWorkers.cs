using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace MlNetMobileViT.Conversion;

/// <summary>Threads that turn pictures into pixels and do something with them; what cannot be read is noted and left out.</summary>
internal sealed class PictureWorkers(
    ImagePreprocessing preprocessing,
    QuantizationOptions options,
    IProgress<QuantizationProgress>? progress,
    CancellationToken cancellationToken)
{
    private readonly ImagePreprocessor _preprocessor =
        new(preprocessing, new ImageDecodingOptions { MaxPixels = options.MaxPixels });

    private readonly ConcurrentDictionary<string, string> _unreadable = new();

    public int Threads { get; } = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;

    /// <summary>The pictures that could not be read, and why, in the order of a list.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unreadable(IEnumerable<CalibrationImage> images) =>
    [
        .. images.Select(static image => image.Path).Distinct()
            .Where(_unreadable.ContainsKey)
            .Select(path => (path, _unreadable[path])),
    ];

    /// <summary>Those of a list that could be read so far.</summary>
    public CalibrationImage[] Readable(IEnumerable<CalibrationImage> images) =>
        [.. images.Where(image => !_unreadable.ContainsKey(image.Path))];

    /// <summary>Does something with every picture that can be read.</summary>
    /// <typeparam name="TState">What a thread keeps for itself.</typeparam>
    /// <param name="step">What is being done, for <see cref="QuantizationProgress"/>.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="begin">Makes what a thread keeps.</param>
    /// <param name="use">Takes the index of a picture and its pixels <c>[3, H, W]</c>, which are the next one's later.</param>
    /// <param name="end">Takes what a thread kept; one thread at a time.</param>
    public void ForEachPicture<TState>(
        string step,
        IReadOnlyList<CalibrationImage> images,
        Func<TState> begin,
        Action<int, float[], TState> use,
        Action<TState> end)
    {
        ForEach(
            step,
            images.Count,
            Threads,
            () => (Pixels: new float[_preprocessor.Length], State: begin()),
            (index, kept) =>
            {
                if (TryRead(images[index].Path, kept.Pixels))
                {
                    use(index, kept.Pixels, kept.State);
                }
            },
            kept => end(kept.State));
    }

    /// <summary>Does something once for each number below a count, on several threads.</summary>
    public void ForEach<TState>(
        string step, int count, int threads, Func<TState> begin, Action<int, TState> use, Action<TState> end)
    {
        int done = 0;
        object turn = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        progress?.Report(new QuantizationProgress(step, 0, count));
        try
        {
            Parallel.For(
                0,
                count,
                parallel,
                begin,
                (index, _, kept) =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    use(index, kept);
                    progress?.Report(new QuantizationProgress(step, Interlocked.Increment(ref done), count));
                    return kept;
                },
                kept =>
                {
                    lock (turn)
                    {
                        end(kept);
                    }
                });
        }
        catch (AggregateException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(exception.Flatten().InnerExceptions[0]);
        }
    }

    private bool TryRead(string path, float[] pixels)
    {
        try
        {
            _preprocessor.Preprocess(path, pixels);
            return true;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _unreadable[path] = exception.Message;
            return false;
        }
    }
}
