using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MlNetMobileViT;

/// <summary>The bytes of a file in pooled memory, or, if it is a large one, in memory that the system gets back at once.</summary>
/// <remarks>
/// <para>
/// A file that is not small is counted in the <see cref="MemoryBudget"/>. What comes from a pipe is not: its length is not known
/// beforehand, and it cannot be read a second time.
/// </para>
/// <para>
/// Pipes, sockets and devices are not opened: reading one may wait for ever, or never end. The exception are descriptors that
/// whoever started the process handed to it, such as <c>/dev/stdin</c> or what a shell makes of <c>&lt;(…)</c>: they are
/// read to their end.
/// </para>
/// </remarks>
internal unsafe ref struct EncodedFile
{
    private static readonly string[] DescriptorFolders = ["/dev/fd/", "/proc/self/fd/"];

    private readonly ArrayPool<byte> _pool;
    private readonly PictureMemory _picture;
    private byte[]? _rented;
    private byte* _allocated;
    private StreamContent? _piped;
    private long _taken;

    /// <summary>Reads a file.</summary>
    /// <param name="pool">Where the memory of files that are not large comes from.</param>
    /// <param name="path">The file.</param>
    /// <param name="picture">What its picture takes, which is then taken of the budget as well; nothing if it is not known.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is too large to be an image, or a pipe, a socket or a device.</exception>
    public EncodedFile(ArrayPool<byte> pool, string path, PictureMemory picture = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _pool = pool;
        _picture = picture;
        using SafeFileHandle handle = Open(path, out bool isPipe);
        try
        {
            Bytes = isPipe ? ReadPipe(handle, path) : ReadFile(handle, path);
        }
        catch (OutOfMemoryException exception)
        {
            Dispose();
            throw new InvalidDataException(
                $"'{path}' is too large for the memory of this process; give the process more memory.", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file's content.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>What it has of the budget for itself and its picture; 0 if it is not counted there.</summary>
    public readonly long Held => _taken;

    /// <summary>What of that is for its picture.</summary>
    public readonly long HeldForPicture => _taken == 0 ? 0 : _picture.Bytes;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            _pool.Return(_rented);
        }

        _piped?.Dispose();
        NativeMemory.Free(_allocated);
        _piped = null;
        _rented = null;
        _allocated = null;
        Bytes = default;

        if (_taken > 0)
        {
            MemoryBudget.Shared.Return(_taken);
            _taken = 0;
        }
    }

    private static SafeFileHandle Open(string path, out bool isPipe)
    {
        FileKind kind = FileKinds.Of(path);
        isPipe = kind == FileKind.Pipe;
        if (isPipe && DescriptorOf(path) is { } descriptor)
        {
            // Not opened anew: that would wait for a second writer.
            return new SafeFileHandle(descriptor, ownsHandle: false);
        }

        if (kind is FileKind.Pipe or FileKind.Socket or FileKind.Device)
        {
            throw new InvalidDataException($"'{path}' is a {FileKinds.NameOf(kind)}, not an image file; it was not opened.");
        }

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

    /// <summary>The open descriptor that a path names, or null.</summary>
    internal static nint? DescriptorOf(string path)
    {
        if (path == "/dev/stdin")
        {
            return 0;
        }

        string? folder = Array.Find(DescriptorFolders, folder => path.StartsWith(folder, StringComparison.Ordinal));
        return folder is not null && int.TryParse(path.AsSpan(folder.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
    }

    private ReadOnlySpan<byte> ReadFile(SafeFileHandle handle, string path)
    {
        long size = RandomAccess.GetLength(handle);
        if (size > Array.MaxLength)
        {
            throw new InvalidDataException($"'{path}' is too large to be an image: {size} bytes.");
        }

        if (size > MemoryBudget.SmallFile)
        {
            MemoryBudget.Shared.Take(size, _picture, path);
            _taken = size + _picture.Bytes;
        }

        Span<byte> bytes = Allocate((int)size);
        int length = 0;
        int read;
        while (length < size && (read = RandomAccess.Read(handle, bytes[length..], length)) > 0)
        {
            length += read;
        }

        return bytes[..length];
    }

    private Span<byte> Allocate(int length)
    {
        if (length <= PixelBuffer.LargestPooled)
        {
            _rented = _pool.Rent(length);
            return _rented.AsSpan(0, length);
        }

        _allocated = (byte*)NativeMemory.Alloc((nuint)length);
        return new Span<byte>(_allocated, length);
    }

    private ReadOnlySpan<byte> ReadPipe(SafeFileHandle handle, string path)
    {
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var content = StreamContent.Read(stream, path);
        _piped = content;
        return content.Bytes.Span;
    }
}
