using System.Buffers;
using System.Runtime.InteropServices;

namespace MlNetMobileViT;

/// <summary>
/// An image, or a part of one, of 4 bytes a pixel in memory of a pool or its own, with room behind it for kernels that read in groups.
/// </summary>
internal unsafe ref struct PixelBuffer
{
    /// <summary>The bytes of one pixel.</summary>
    public const int BytesPerPixel = 4;

    /// <summary>The bytes behind the last pixel that may be read; their values have no influence.</summary>
    public const int Slack = ResamplingTable.GroupSize * BytesPerPixel;

    /// <summary>
    /// The largest buffer that comes from a pool, which keeps it: room for 12 megapixels. Larger ones are given back to the
    /// system at once.
    /// </summary>
    public const int LargestPooled = 1 << 26;

    private byte[]? _rented;
    private byte* _allocated;

    /// <summary>Takes memory for an image. What it holds is undefined.</summary>
    public PixelBuffer(ArrayPool<byte> pool, int width, int height)
        : this(pool, new PixelRegion(0, 0, width, height))
    {
    }

    /// <summary>Takes memory for a part of an image. What it holds is undefined.</summary>
    public PixelBuffer(ArrayPool<byte> pool, PixelRegion region)
    {
        Pool = pool;
        Region = region;
        int length = checked(region.Width * region.Height * BytesPerPixel);
        if (length + Slack <= LargestPooled)
        {
            _rented = pool.Rent(length + Slack);
            Bytes = _rented.AsSpan(0, length);
        }
        else
        {
            _allocated = (byte*)NativeMemory.Alloc((nuint)length + Slack);
            Bytes = new Span<byte>(_allocated, length);
        }
    }

    /// <summary>Where the memory comes from.</summary>
    public ArrayPool<byte> Pool { get; }

    /// <summary>What part of the image it is.</summary>
    public PixelRegion Region { get; }

    /// <summary>The pixels of the region, row by row without gaps.</summary>
    public Span<byte> Bytes { get; private set; }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            Pool.Return(_rented);
        }

        NativeMemory.Free(_allocated);
        _rented = null;
        _allocated = null;
        Bytes = default;
    }
}
