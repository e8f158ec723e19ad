using Cloud.Unum.USearch;

namespace MlNetMobileViT.Tool;

/// <summary>
/// A graph over a block of vectors that finds near ones without looking at all of them: USearch's HNSW (Malkov and Yashunin, 2018). What
/// it finds are candidates: it has the vectors in 8 bits, and now and then misses one.
/// </summary>
internal sealed class NeighborGraph : IDisposable
{
    // USearch's own defaults, said here because files depend on them.
    private const ulong Connectivity = 16;
    private const ulong ExpansionAdd = 128;
    private const ulong ExpansionSearch = 64;

    private readonly USearchIndex _graph;
    private readonly Lock _searching = new();

    private NeighborGraph(USearchIndex graph) => _graph = graph;

    /// <summary>What to say where <see cref="IsOfTheLibrary"/>; the system's own words are a page of paths.</summary>
    public const string Unavailable = "USearch's library for graphs cannot be loaded; it is there for Linux and Windows on x64 and for Macs with "
        + "Apple's processor, and on Linux needs libgomp1.";

    /// <summary>Whether an exception says that this machine lacks the library, or what the library needs.</summary>
    public static bool IsOfTheLibrary(Exception exception) => exception
        is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException;

    /// <summary>Makes the graph of some vectors in a file.</summary>
    /// <remarks>By one thread, in the order of their numbers: so it is the same on every machine and for every number of threads.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="vectors">The vectors.</param>
    /// <param name="numbers">The numbers of those that are in it.</param>
    /// <param name="onAdded">Told of each.</param>
    /// <param name="cancellationToken">Stops it; there is no file then.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, UnitVectors vectors, IEnumerable<int> numbers, Action onAdded, CancellationToken cancellationToken)
    {
        using var graph = new USearchIndex(
            MetricKind.Cos, ScalarKind.Int8, (ulong)vectors.Dimensions, Connectivity, ExpansionAdd, ExpansionSearch);
        float[] vector = new float[vectors.Dimensions];
        foreach (int number in numbers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            vectors[number].CopyTo(vector);
            graph.Add((ulong)number, vector);
            onAdded();
        }

        try
        {
            graph.Save(path);
        }
        catch (USearchException exception)
        {
            throw new IOException($"'{path}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Opens a graph.</summary>
    /// <param name="path">A file that is whole: what is damaged may end the process.</param>
    /// <exception cref="InvalidDataException">It is of another version of the library, or of other vectors.</exception>
    public static NeighborGraph Open(string path)
    {
        try
        {
            return new NeighborGraph(new USearchIndex(path, view: true));
        }
        catch (USearchException exception)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The numbers of about <paramref name="count"/> vectors that are nearest to one.</summary>
    public ulong[] Search(float[] vector, int count)
    {
        // It has memory for one search at a time.
        lock (_searching)
        {
            _graph.Search(vector, count, out ulong[] numbers, out _);
            return numbers;
        }
    }

    public void Dispose() => _graph.Dispose();
}
