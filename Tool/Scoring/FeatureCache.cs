using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Features that are kept in a file for the next run. They save time and nothing else: where the file cannot be read or written,
/// a note says so, and the run goes on without it.
/// </summary>
internal sealed class FeatureCache : IDisposable
{
    private const string Extension = ".features";

    private readonly Terminal _terminal;
    private readonly Dictionary<string, float[]> _known = new(StringComparer.Ordinal);
    private ResultJournal? _journal;

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
            _journal = File.Exists(path) ? ResultJournal.Resume(path, settings, Remember) : ResultJournal.Create(path, settings);
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

    public void Dispose() => _journal?.Dispose();

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
