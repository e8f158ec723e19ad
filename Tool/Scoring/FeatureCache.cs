using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Features that are kept in a file for the next run. They save time and nothing else: where the file cannot be read or written,
/// a note says so, and the run goes on without it.
/// </summary>
/// <remarks>
/// One run at a time adds to the file, the one that holds the lock beside it; others read it meanwhile, and keep nothing. (What
/// .NET locks on Unix when it opens a file knows no writer beside readers.)
/// </remarks>
internal sealed class FeatureCache : IDisposable
{
    private const string Extension = ".features";
    private const string LockExtension = ".lock";

    private readonly Terminal _terminal;
    private readonly Dictionary<string, float[]> _known = new(StringComparer.Ordinal);
    private ResultJournal? _journal;
    private readonly FileLock? _lock;

    /// <summary>Opens the file of some settings, and reads what is in it.</summary>
    /// <param name="terminal">Where notes go.</param>
    /// <param name="folder">The folder of the caches.</param>
    /// <param name="settings">What features depend on beside their file.</param>
    public FeatureCache(Terminal terminal, string folder, IReadOnlyList<KeyValuePair<string, string>> settings)
    {
        _terminal = terminal;
        string name = StableHash.Of(string.Join('\n', settings.Select(setting => setting.Value)))
            .ToString("x32", CultureInfo.InvariantCulture);
        string path = Path.Combine(folder, name + Extension);
        try
        {
            Directory.CreateDirectory(folder);
            _lock = FileLock.TryAcquire(path + LockExtension);
            if (_lock is null)
            {
                terminal.Note("another run keeps features there now; those that this run computes are not kept.");
                ResultJournal.Read(path, settings, Remember);
                return;
            }

            _journal = File.Exists(path)
                ? ResultJournal.Resume(path, settings, Remember, isShared: true)
                : ResultJournal.Create(path, settings, isShared: true);
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            GoOnWithout(exception);
        }
    }

    /// <summary>What a file's features are kept under; a file that is written anew gets another key.</summary>
    public static string KeyOf(ImageInput input)
    {
        var file = new FileInfo(input.Path);
        return file.Exists
            ? Invariant($"{file.Length} {file.LastWriteTimeUtc.Ticks} {file.FullName}")
            : input.Path;
    }

    /// <summary>The features that an earlier run kept; null where none did.</summary>
    public float[]? Find(string key) => _known.GetValueOrDefault(key);

    /// <summary>Keeps a row's features for the next run.</summary>
    public void Add(string key, ResultRow row)
    {
        try
        {
            _journal?.Append(row with { Path = key });
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            GoOnWithout(exception);
        }
    }

    public void Dispose()
    {
        _journal?.Dispose();
        _lock?.Dispose();
    }

    // An argument out of range is what .NET makes of a file that is too large: for FAT32 at 4 GB, or for a user's limit.
    private static bool IsOfTheFile(Exception exception) => exception
        is IOException or UnauthorizedAccessException or InvalidDataException or CommandException or ArgumentOutOfRangeException;

    private void Remember(ResultRow row)
    {
        // Numbers that are none were kept by versions that did not take them for an error.
        if (row.Numbers.All(float.IsFinite))
        {
            _known[row.Path] = row.Numbers;
        }
    }

    private void GoOnWithout(Exception exception)
    {
        // One note is enough, of a full disk that stays full. The record that was cut is dropped by the run that reads the file.
        _journal?.Dispose();
        _journal = null;
        _terminal.Note($"features are not kept for the next run from here on: {TextCell.Printable(exception.Message)}");
    }
}
