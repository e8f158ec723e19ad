namespace MlNetMobileViT.Tool;

/// <summary>The rows that a stopped run left, found again by the paths that they show.</summary>
/// <remarks>Two inputs may show one path, where names are no text; each row stands for one of them, in their order.</remarks>
internal sealed class ResumedRows
{
    private readonly Dictionary<UInt128, long> _positions = [];
    private int _mostAlike = 1;

    /// <summary>The number of rows.</summary>
    public long Count { get; private set; }

    /// <summary>The number of rows whose inputs were met again.</summary>
    public long Met { get; private set; }

    public void Add(ResultRow row)
    {
        int alike = 1;
        UInt128 key = StableHash.Of(row.Path);
        for (; !_positions.TryAdd(key, row.Index); key++)
        {
            alike++;
        }

        _mostAlike = Math.Max(_mostAlike, alike);
        Count++;
    }

    /// <summary>Takes the row of an input, which is not there for another input after that.</summary>
    /// <param name="path">The path that the input shows.</param>
    /// <param name="position">The position that the input had.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(string path, out long position)
    {
        UInt128 key = StableHash.Of(path);
        for (int i = 0; i < _mostAlike; i++, key++)
        {
            if (_positions.Remove(key, out position))
            {
                Met++;
                return true;
            }
        }

        position = 0;
        return false;
    }
}
