using System.Buffers;

namespace MlNetMobileViT;

/// <summary>The bytes of a file in pooled memory.</summary>
internal ref struct EncodedFile
{
    private readonly ArrayPool<byte> _pool;
    private byte[]? _rented;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is too large to be an image.</exception>
    public EncodedFile(ArrayPool<byte> pool, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var handle = Open(path);
        long size = RandomAccess.GetLength(handle);
        if (size > Array.MaxLength)
        {
            throw new InvalidDataException($"'{path}' is too large to be an image: {size} bytes.");
        }

        _pool = pool;
        try
        {
            _rented = pool.Rent((int)size);
        }
        catch (OutOfMemoryException exception)
        {
            throw new InvalidDataException(
                $"'{path}' is too large for the memory of this process: {size} bytes; give the process more memory.", exception);
        }

        int length = 0;
        int read;
        while (length < size && (read = RandomAccess.Read(handle, _rented.AsSpan(length, (int)size - length), length)) > 0)
        {
            length += read;
        }

        Bytes = _rented.AsSpan(0, length);
    }

    /// <summary>The file's content.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            _pool.Return(_rented);
            _rented = null;
            Bytes = default;
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"There is no image file '{path}'.", path, exception);
        }
        catch (UnauthorizedAccessException exception) when (Directory.Exists(path))
        {
            throw new UnauthorizedAccessException($"'{path}' is a folder, not an image file.", exception);
        }
    }
}
