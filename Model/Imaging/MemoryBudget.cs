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

    // More processors are there for more pictures, not for larger ones: those from 48 megapixels on stay within what is fine for
    // a small machine.
    private const long Large = 2 * BytesPerProcessor;
    private const long LimitOfLarge = FewestProcessors * BytesPerProcessor;
    private const int MebibyteBits = 20;

    private readonly object _gate = new();
    private readonly LinkedList<long> _waiting = new();
    private long _used;

    /// <summary>The budget of this process: at most half of the memory that it may use, in a container too.</summary>
    public static MemoryBudget Shared { get; } = new(
        Math.Min(
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2,
            BytesPerProcessor * Math.Max(Environment.ProcessorCount, FewestProcessors)),
        static () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);

    /// <summary>How many pictures wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits until there is room, and takes it; <see cref="Return"/> has to follow.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="name">The name of the picture that it is for.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <exception cref="InvalidDataException">There will never be so much.</exception>
    public void Take(long bytes, string name, int width, int height)
    {
        lock (_gate)
        {
            if (_waiting.Count > 0 || !Fits(bytes))
            {
                Wait(bytes);
            }

            if (bytes > limit && available() is var left && left < bytes)
            {
                throw TooLarge(bytes, name, width, height, $"the {Math.Max(left, 0) >> MebibyteBits} MB that this process has left");
            }

            _used += bytes;
        }
    }

    /// <summary>What to throw in place of an <see cref="OutOfMemoryException"/>.</summary>
    public static InvalidDataException OutOfMemory(long bytes, string name, int width, int height) =>
        TooLarge(bytes, name, width, height, "this process was given");

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    private static InvalidDataException TooLarge(long bytes, string name, int width, int height, string limit) => new(
        $"'{name}' declares {width}×{height} pixels, which take {bytes >> MebibyteBits} MB of memory to decode, more than {limit}; "
        + "scale it down, or give the process more memory.");

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= (bytes > Large ? Math.Min(limit, LimitOfLarge) : limit);

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
