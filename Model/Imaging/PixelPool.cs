using System.Buffers;

namespace MlNetMobileViT;

/// <summary>Where the memory of pixels comes from, one pool for the whole process.</summary>
/// <remarks>
/// The shared pool of .NET keeps arrays of every size for each thread that ever returned one, and the threads of the thread pool
/// come and go. This one keeps as many as were in use at once. Only the pictures in work hold on to it, so that the garbage
/// collector may have it when there are none.
/// </remarks>
internal static class PixelPool
{
    private static readonly int MaxArrays = 8 * Environment.ProcessorCount;
    private static readonly object Gate = new();
    private static readonly WeakReference<ArrayPool<byte>> Current = new(Create());

    /// <summary>The pool, to be held while a picture is in work.</summary>
    public static ArrayPool<byte> Get()
    {
        if (Current.TryGetTarget(out ArrayPool<byte>? pool))
        {
            return pool;
        }

        lock (Gate)
        {
            if (!Current.TryGetTarget(out pool))
            {
                pool = Create();
                Current.SetTarget(pool);
            }

            return pool;
        }
    }

    private static ArrayPool<byte> Create() => ArrayPool<byte>.Create(PixelBuffer.LargestPooled, MaxArrays);
}
