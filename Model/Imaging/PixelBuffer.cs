using System.Buffers;

namespace MlNetMobileViT;

/// <summary>An image of 4 bytes a pixel in pooled memory, with room behind it for kernels that read in groups.</summary>
internal ref struct PixelBuffer
{
    /// <summary>The bytes of one pixel.</summary>
    public const int BytesPerPixel = 4;

    /// <summary>The bytes behind the last pixel that may be read; their values have no influence.</summary>
    public const int Slack = ResamplingTable.GroupSize * BytesPerPixel;

    private byte[]? _rented;

    /// <summary>Rents memory for an image. What it holds is undefined.</summary>
    public PixelBuffer(ArrayPool<byte> pool, int width, int height)
    {
        Pool = pool;
        Width = width;
        Height = height;
        int length = checked(width * height * BytesPerPixel);
        _rented = pool.Rent(length + Slack);
        Bytes = _rented.AsSpan(0, length);
    }

    /// <summary>Where the memory comes from.</summary>
    public ArrayPool<byte> Pool { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The pixels, row by row without gaps.</summary>
    public Span<byte> Bytes { get; private set; }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            Pool.Return(_rented);
            _rented = null;
            Bytes = default;
        }
    }
}
