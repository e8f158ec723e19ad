using System.Buffers;

namespace MlNetMobileViT;

/// <summary>Where the memory of pixels comes from, one pool for the whole process.</summary>
/// <remarks>
/// The shared pool of .NET keeps arrays of every size for each thread that ever returned one, and the threads of the thread pool
/// come and go. This one keeps as many as were in use at once. Only the pictures in work hold on to it, so that the garbage
/// collector may have it when there are none, and what it keeps can be thrown away while there are some.
/// </remarks>
internal sealed class PixelPool : ArrayPool<byte>
{
    private static readonly int MaxArrays = 8 * Environment.ProcessorCount;
    private static readonly object Gate = new();
    private static readonly WeakReference<PixelPool> Current = new(new PixelPool());

    // Arrays of a predecessor may be returned to it: all that a pool asks of an array is its length.
    private ArrayPool<byte> _arrays = CreateArrays();

    /// <summary>The pool, to be held while a picture is in work.</summary>
    public static PixelPool Get()
    {
        if (Current.TryGetTarget(out PixelPool? pool))
        {
            return pool;
        }

        lock (Gate)
        {
            if (!Current.TryGetTarget(out pool))
            {
                pool = new PixelPool();
                Current.SetTarget(pool);
            }

            return pool;
        }
    }

    /// <summary>Leaves the arrays that are not in use to the garbage collector, whoever holds on to the pool.</summary>
    public static void Clear()
    {
        if (Current.TryGetTarget(out PixelPool? pool))
        {
            pool.LetGo();
        }
    }

    /// <summary>Leaves the arrays of one pool that are not in use to the garbage collector.</summary>
    public void LetGo() => Volatile.Write(ref _arrays, CreateArrays());

    /// <inheritdoc/>
    public override byte[] Rent(int minimumLength) => Volatile.Read(ref _arrays).Rent(minimumLength);

    /// <inheritdoc/>
    public override void Return(byte[] array, bool clearArray = false) => Volatile.Read(ref _arrays).Return(array, clearArray);

    private static ArrayPool<byte> CreateArrays() => Create(PixelBuffer.LargestPooled, MaxArrays);
}
