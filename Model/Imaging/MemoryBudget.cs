namespace MlNetMobileViT;

/// <summary>
/// Memory that pictures share: one waits until it fits beside those that are being decoded, and one that is larger than the whole
/// budget until it is alone.
/// </summary>
/// <remarks>
/// <para>
/// In turn, so that many small pictures do not keep a large one waiting for ever. Who waits holds nothing, and who holds
/// something waits for nothing, so that nobody waits for himself.
/// </para>
/// <para>
/// A large file takes its own length before it is read. What its picture takes is only known then: it gets that at once if it
/// fits or if nobody else has anything, and otherwise gives the file up, waits for both together, and reads it again. So a
/// file is read twice at most, and only where memory is short.
/// </para>
/// <para>
/// Whether a picture is refused must not depend on what happens to lie about: memory that nobody uses any more is freed first.
/// </para>
/// </remarks>
/// <param name="limit">The bytes that pictures may take together.</param>
/// <param name="available">The bytes that a single picture may take now.</param>
/// <param name="collect">Frees what is not used any more, before a picture is refused.</param>
internal sealed class MemoryBudget(long limit, Func<long> available, Action collect)
{
    /// <summary>Files up to this length are not worth counting beside the pictures in them.</summary>
    public const int SmallFile = 1 << 22;

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
        static () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet,
        static () =>
        {
            PixelPool.Clear();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        });

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
    public void Take(long bytes, string name, int width, int height) => Take(0, new PictureMemory(bytes, width, height), name);

    /// <summary>Waits until there is room for a file, and takes it; <see cref="Return"/> has to follow.</summary>
    /// <param name="length">The length of the file.</param>
    /// <param name="picture">What the picture in it takes besides, as far as that is known.</param>
    /// <param name="name">The name of the file.</param>
    /// <exception cref="InvalidDataException">There will never be so much.</exception>
    public void Take(long length, PictureMemory picture, string name)
    {
        long bytes = length + picture.Bytes;
        lock (_gate)
        {
            if (_waiting.Count > 0 || !Fits(bytes, held: 0))
            {
                Wait(bytes);
            }

            ThrowIfTooLarge(bytes, held: 0, picture, name);
            _used += bytes;
        }
    }

    /// <summary>Takes more for a picture that has something already, without waiting.</summary>
    /// <param name="held">What it has.</param>
    /// <param name="picture">What it takes besides; <see cref="Return"/> has to follow for that too.</param>
    /// <param name="name">The name of the file.</param>
    /// <returns>Whether there was room; if not, nothing was taken.</returns>
    /// <exception cref="InvalidDataException">There will never be so much.</exception>
    public bool TryTakeBesides(long held, PictureMemory picture, string name)
    {
        lock (_gate)
        {
            // Not in turn: whoever waits in front of it may be waiting for what it has.
            long bytes = held + picture.Bytes;
            if (picture.Bytes > 0)
            {
                if (!Fits(bytes, held))
                {
                    return false;
                }

                ThrowIfTooLarge(bytes, held, picture, name);
                _used += picture.Bytes;
            }

            return true;
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

    /// <summary>Whether all that one picture takes fits beside the others, or there are no others.</summary>
    private bool Fits(long bytes, long held)
    {
        long others = _used - held;
        return others == 0 || others + bytes <= (bytes > Large ? Math.Min(limit, LimitOfLarge) : limit);
    }

    private void ThrowIfTooLarge(long bytes, long held, PictureMemory picture, string name)
    {
        if (bytes <= limit || available() >= bytes - held)
        {
            return;
        }

        collect();
        long left = available();
        if (left >= bytes - held)
        {
            return;
        }

        if (picture.Width == 0)
        {
            throw new InvalidDataException(
                $"'{name}' is too large for the memory of this process; give the process more memory.");
        }

        long leftForPicture = Math.Max(left - (bytes - held - picture.Bytes), 0);
        throw TooLarge(
            picture.Bytes, name, picture.Width, picture.Height, $"the {leftForPicture >> MebibyteBits} MB that this process has left");
    }

    private void Wait(long bytes)
    {
        LinkedListNode<long> turn = _waiting.AddLast(bytes);
        try
        {
            while (_waiting.First != turn || !Fits(bytes, held: 0))
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

/// <summary>What decoding a picture takes of the <see cref="MemoryBudget"/>.</summary>
/// <param name="Bytes">How much.</param>
/// <param name="Width">The width of the picture in pixels; 0 if it is not known yet.</param>
/// <param name="Height">Its height in pixels.</param>
internal readonly record struct PictureMemory(long Bytes, int Width, int Height);
