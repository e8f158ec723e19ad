using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>An image and its features, to find others by.</summary>
/// <param name="path">The path as it was named.</param>
/// <param name="vector">Its features at length 1.</param>
internal sealed class ImageQuery(string path, float[] vector)
{
    // Of one file, features differ by rounding at most.
    private const float LeastCosineOfItself = 0.999f;

    private readonly string _full = System.IO.Path.GetFullPath(path);
    private readonly Lazy<string> _real = new(() => RealPath.Of(path));

    /// <summary>The path as it was named.</summary>
    public string Path { get; } = path;

    /// <summary>Its features at length 1.</summary>
    public float[] Vector { get; } = vector;

    /// <summary>Whether it is this very file, under whatever name, of which everybody knows that they are alike.</summary>
    public bool IsItself(string other, float cosine) =>
        other == Path || other == _full || (cosine >= LeastCosineOfItself && RealPath.Of(other) == _real.Value);
}

/// <summary>An image that was found.</summary>
/// <param name="Number">The number of its vector.</param>
/// <param name="Cosine">The cosine of its features and those of the query, in [-1, 1].</param>
internal readonly record struct Neighbor(int Number, float Cosine) : IComparable<Neighbor>
{
    /// <summary>Orders the nearest first; of equally near ones, the one that was added first.</summary>
    public int CompareTo(Neighbor other) =>
        other.Cosine.CompareTo(Cosine) is var order and not 0 ? order : Number.CompareTo(other.Number);
}

/// <summary>The nearest that were met so far.</summary>
/// <param name="count">How many are kept.</param>
internal sealed class NearestList(int count)
{
    private readonly SortedSet<Neighbor> _kept = [];

    /// <summary>What one has to come before, to be kept.</summary>
    private Neighbor Last => _kept.Count < count ? new Neighbor(int.MaxValue, float.NegativeInfinity) : _kept.Max;

    public int Count => _kept.Count;

    /// <summary>Whether a neighbour would be kept.</summary>
    public bool Wants(Neighbor neighbor) => neighbor.CompareTo(Last) < 0;

    public void Add(Neighbor neighbor)
    {
        if (Wants(neighbor) && _kept.Add(neighbor) && _kept.Count > count)
        {
            _kept.Remove(_kept.Max);
        }
    }

    /// <summary>Those that were kept, the nearest first.</summary>
    public Neighbor[] ToArray() => [.. _kept];
}
