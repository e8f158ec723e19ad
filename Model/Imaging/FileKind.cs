using System.Runtime.InteropServices;

namespace MlNetMobileViT;

/// <summary>What a path leads to, told without opening it: opening a pipe waits until somebody writes to it.</summary>
internal enum FileKind
{
    /// <summary>Nothing is known: the path must not be looked at, or the system has no way to tell.</summary>
    Unknown,

    /// <summary>There is nothing of this name.</summary>
    Missing,

    /// <summary>A file with a content.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, with or without a name in a folder.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A terminal, a disk, <c>/dev/zero</c>.</summary>
    Device,
}

/// <summary>Tells <see cref="FileKind"/>s.</summary>
internal static partial class FileKinds
{
    // The kinds of POSIX's st_mode have these numbers on Linux and macOS alike (S_IFMT and below, sys/stat.h).
    private const int KindMask = 0xF000;

    private const int NoSuchFile = 2;
    private const int NotAFolder = 20;

    /// <summary>What a path leads to, links followed.</summary>
    public static FileKind Of(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? OfLinux(path)
                : OperatingSystem.IsMacOS() ? OfMac(path)
                : OfOther(path);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018 has no statx.
            return OfOther(path);
        }
    }

    /// <summary>A kind in the middle of a sentence.</summary>
    public static string NameOf(FileKind kind) => kind switch
    {
        FileKind.Pipe => "pipe",
        FileKind.Socket => "socket",
        FileKind.Device => "device",
        FileKind.Folder => "folder",
        _ => "file",
    };

    private static FileKind OfOther(string path) =>
        Directory.Exists(path) ? FileKind.Folder : File.Exists(path) ? FileKind.File : FileKind.Missing;

    private static unsafe FileKind OfLinux(string path)
    {
        // struct statx is the same on every architecture: 256 bytes, stx_mode at 28 (linux/stat.h).
        const int CurrentFolder = -100;
        const uint KindOnly = 1;
        byte* status = stackalloc byte[256];
        return StatX(CurrentFolder, path, flags: 0, KindOnly, status) == 0 ? OfMode(*(ushort*)(status + 28)) : OfError();
    }

    private static unsafe FileKind OfMac(string path)
    {
        // struct stat with 64-bit inodes: 144 bytes, st_mode at 4 (sys/stat.h); the only one on ARM.
        byte* status = stackalloc byte[256];
        int result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Stat(path, status) : StatInode64(path, status);
        return result == 0 ? OfMode(*(ushort*)(status + 4)) : OfError();
    }

    private static FileKind OfMode(int mode) => (mode & KindMask) switch
    {
        0x1000 => FileKind.Pipe,
        0x2000 or 0x6000 => FileKind.Device,
        0x4000 => FileKind.Folder,
        0x8000 => FileKind.File,
        0xC000 => FileKind.Socket,
        _ => FileKind.Unknown,
    };

    private static FileKind OfError() =>
        Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder ? FileKind.Missing : FileKind.Unknown;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Stat(string path, byte* status);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int StatInode64(string path, byte* status);
}
