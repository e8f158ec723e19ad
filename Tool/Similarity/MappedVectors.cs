using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MlNetMobileViT.Tool;

/// <summary>Vectors in a file, one float32 behind the other and nothing else, of which only what is asked for is read.</summary>
internal sealed unsafe class MappedVectors : UnitVectors
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly float* _start;

    /// <param name="path">The file; another process may be adding to it, and what it adds from now on is not seen.</param>
    /// <param name="dimensions">The number of features.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public MappedVectors(string path, int dimensions)
        : base(dimensions)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = stream.Length;
        Count = checked((int)(length / SizeOf(dimensions)));
        if (Count == 0)
        {
            // There is no mapping of nothing.
            return;
        }

        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = (float*)(start + _view.PointerOffset);
    }

    public override int Count { get; }

    public override ReadOnlySpan<float> this[int number]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Count);
            return new ReadOnlySpan<float>(_start + ((long)number * Dimensions), Dimensions);
        }
    }

    /// <summary>The bytes of a vector.</summary>
    public static long SizeOf(int dimensions) => (long)dimensions * sizeof(float);

    /// <summary>What tells whether a vector is the one that was written.</summary>
    public static uint ChecksumOf(ReadOnlySpan<float> vector) => Crc32C.Of(MemoryMarshal.AsBytes(vector));

    public override void Dispose()
    {
        if (_start is not null)
        {
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view?.Dispose();
        _file?.Dispose();
        base.Dispose();
    }
}
