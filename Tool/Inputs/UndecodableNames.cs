using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Names of bytes that are not UTF-8, which Linux allows. .NET reads such bytes as U+FFFD, so that several names may look alike,
/// and opens none of them.
/// </summary>
internal static partial class UndecodableNames
{
    /// <summary>Why such a file cannot be read.</summary>
    public const string Reason =
        "The name has bytes that are not UTF-8, and .NET cannot open such a file; rename it (the program convmv does so for many).";

    private const char Replacement = '\ufffd';

    /// <summary>Whether a name may have been read from bytes that are not UTF-8. A valid name may hold the character too.</summary>
    public static bool IsSuspicious(string name) => name.Contains(Replacement);

    /// <summary>Whether a path that a user gave has such a name in it: nothing of this spelling is there.</summary>
    public static bool IsIn(string path) => IsSuspicious(path) && !Path.Exists(path);

    /// <summary>
    /// The suspicious names in a folder, as the file system has them: bytes that are not UTF-8 as <c>\xff</c>, with an error.
    /// </summary>
    public static unsafe IEnumerable<FolderEntry> In(string folder)
    {
        var found = new List<FolderEntry>();
        nint stream = OpenFolder(folder);
        if (stream == 0)
        {
            throw new IOException($"'{folder}' cannot be listed (error {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            while (ReadEntry(stream) is var entry and not 0)
            {
                // struct dirent of 64-bit Linux, in glibc and musl alike: d_type at 18, d_name at 19 (dirent.h).
                byte type = Marshal.ReadByte(entry, 18);
                byte[] name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + 19).ToArray();
                if (!Utf8.IsValid(name) || IsSuspicious(Encoding.UTF8.GetString(name)))
                {
                    found.Add(ToEntry(name, type));
                }
            }
        }
        finally
        {
            _ = CloseFolder(stream);
        }

        return found;
    }

    private static FolderEntry ToEntry(byte[] name, byte type)
    {
        const byte Folder = 4;
        const byte Link = 10;
        bool isText = Utf8.IsValid(name);
        return new FolderEntry(
            isText ? Encoding.UTF8.GetString(name) : Escape(name), type == Folder, type == Link, isText ? null : Reason);
    }

    private static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        while (name.Length > 0)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte value in name[..length])
                {
                    text.Append("\\x").Append(Convert.ToHexStringLower([value]));
                }
            }

            name = name[length..];
        }

        return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint ReadEntry(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint stream);
}
