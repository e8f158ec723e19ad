namespace MlNetMobileViT;

/// <summary>
/// Memory that pictures share: one waits until it fits beside those that are being decoded, and one that is larger than the whole
/// budget until it is alone.
/// </summary>
/// <remarks>
/// In turn, so that many small pictures do not keep a large one waiting for ever. Who waits holds nothing, and who holds
/// something waits for nothing, so that nobody waits for himself.
/// </remarks>
/// <param name="limit">The bytes that pictures may take together.</param>
/// <param name="available">The bytes that a single picture may take now.</param>
internal sealed class MemoryBudget(long limit, Func<long> available)
{
    // A progressive JPEG of 12 megapixels takes 84 MB, its coefficients included. That many fit side by side as there are
    // processors, where the machine has the memory.
    private const long BytesPerProcessor = 96L << 20;
    private const int FewestProcessors = 8;

    private readonly object _gate = new();
    private readonly LinkedList<long> _waiting = new();
    private long _used;

    /// <summary>The budget of this process: at most half of the memory that it may use, in a container too.</summary>
    public static MemoryBudget Shared { get; } = new(
        Math.Min(
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2,
            BytesPerProcessor * Math.Max(Environment.ProcessorCount, FewestProcessors)),
        static () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);

    /// <summary>The bytes that pictures may take together.</summary>
    public long Limit => limit;

    /// <summary>The bytes that are taken.</summary>
    public long Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>Waits until there is room, and takes it.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="missing">The bytes that the process has left, if that is not enough.</param>
    /// <returns>False if there will never be room; otherwise <see cref="Return"/> has to follow.</returns>
    public bool TryTake(long bytes, out long missing)
    {
        missing = 0;
        lock (_gate)
        {
            if (_waiting.Count > 0 || !Fits(bytes))
            {
                Wait(bytes);
            }

            if (bytes > limit && (missing = available()) < bytes)
            {
                return false;
            }

            _used += bytes;
            return true;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= limit;

    private void Wait(long bytes)
    {
        LinkedListNode<long> turn = _waiting.AddLast(bytes);
        try
        {
            while (_waiting.First != turn || !Fits(bytes))
            {
                Monitor.Wait(_gate);
            }
        }
        finally
        {
            _waiting.Remove(turn);
            Monitor.PulseAll(_gate);
        }
    }
}
