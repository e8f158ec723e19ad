using System.Buffers;

namespace MlNetMobileViT;

/// <summary>All that a stream has, in pooled memory: streams, and pipes among them, need not say their length beforehand.</summary>
internal struct StreamContent : IDisposable
{
    /// <summary>The most that is read: 256 MiB.</summary>
    public const int MaxBytes = 1 << 28;

    private const int FirstBytes = 1 << 16;

    // Held, as the pool is the garbage collector's where nobody holds it.
    private readonly ArrayPool<byte> _pool;
    private readonly string _name;
    private byte[] _rented;
    private int _length;

    private StreamContent(Stream stream, string name)
    {
        _pool = PixelPool.Get();
        _name = name;
        // One byte more than there should be, to see the end without room for more.
        long expected = stream.CanSeek ? stream.Length - stream.Position + 1 : FirstBytes;
        ThrowIfTooLarge(expected);
        _rented = _pool.Rent((int)Math.Max(expected, 1));
    }

    /// <summary>The content.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => _rented.AsMemory(0, _length);

    private readonly Memory<byte> Free => _rented.AsMemory(_length);

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="InvalidDataException">It has more than <see cref="MaxBytes"/>.</exception>
    public static StreamContent Read(Stream stream, string name)
    {
        var content = new StreamContent(stream, name);
        try
        {
            while (stream.Read(content.Free.Span) is > 0 and int read)
            {
                content.Add(read);
            }

            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">It has more than <see cref="MaxBytes"/>.</exception>
    public static async ValueTask<StreamContent> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        var content = new StreamContent(stream, name);
        try
        {
            while (await stream.ReadAsync(content.Free, cancellationToken).ConfigureAwait(false) is > 0 and int read)
            {
                content.Add(read);
            }

            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Gives the memory back; once.</summary>
    public readonly void Dispose() => _pool.Return(_rented);

    private void Add(int count)
    {
        _length += count;
        if (_length < _rented.Length)
        {
            return;
        }

        ThrowIfTooLarge(_length + 1L);
        byte[] larger = _pool.Rent(2 * _length);
        _rented.AsSpan(0, _length).CopyTo(larger);
        _pool.Return(_rented);
        _rented = larger;
    }

    private readonly void ThrowIfTooLarge(long length)
    {
        if (length > MaxBytes)
        {
            throw new InvalidDataException(
                $"'{_name}' has more than {MaxBytes >> 20} MiB, which no image from a pipe or another stream should; save it to a file "
                + "first.");
        }
    }
}
