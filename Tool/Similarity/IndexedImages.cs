using System.Globalization;
using System.Runtime.InteropServices;

namespace MlNetMobileViT.Tool;

/// <summary>Which image each vector of an index is of, as the rows in the index say it, the later ones right over the earlier ones.</summary>
internal sealed class IndexedImages
{
    // Stands for the number of a vector in the row of an image that was taken out.
    private const long NoNumber = -1;

    private readonly List<string?> _paths = [];
    private readonly List<string> _states = [];
    private readonly List<uint> _checksums = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The number of vectors, those out of use among them.</summary>
    public int Count => _paths.Count;

    /// <summary>The full path of the image of each vector; null where its file was changed or taken out since.</summary>
    public IReadOnlyList<string?> Paths => _paths;

    /// <summary>What tells of each vector whether it is the one that was written.</summary>
    public ReadOnlySpan<uint> Checksums => CollectionsMarshal.AsSpan(_checksums);

    /// <summary>The number of images in use.</summary>
    public int CountInUse => _numbers.Count;

    /// <summary>What tells whether a file is the one that was read: its length and when it was written.</summary>
    public static string StateOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? Invariant($"{file.Length} {file.LastWriteTimeUtc.Ticks}") : "";
    }

    /// <summary>The row of a new vector.</summary>
    public ResultRow RowOf(string path, string state, uint checksum) =>
        new(Count, path, null, [state, checksum.ToString("x8", CultureInfo.InvariantCulture)], []);

    /// <summary>The row of an image that is taken out.</summary>
    public static ResultRow RowOfGone(string path) => new(NoNumber, path, null, [], []);

    /// <summary>Takes in a row.</summary>
    /// <exception cref="FormatException">It is not the row of an index, or not the next.</exception>
    public void Add(ResultRow row)
    {
        bool isGone = row.Index == NoNumber;
        if (isGone ? row.Labels.Length != 0 : row.Index != Count || row.Labels.Length != 2)
        {
            throw new FormatException(Invariant($"row {row.Index} of '{row.Path}' is not the row of an image"));
        }

        if (_numbers.Remove(row.Path, out int before))
        {
            _paths[before] = null;
        }

        if (!isGone)
        {
            _checksums.Add(uint.Parse(row.Labels[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            _numbers.Add(row.Path, Count);
            _paths.Add(row.Path);
            _states.Add(row.Labels[0]);
        }
    }

    /// <summary>The number of an image's vector; null where the image is not in use.</summary>
    public int? NumberOf(string path) => _numbers.TryGetValue(path, out int number) ? number : null;

    /// <summary>What told whether a file was the one that was read.</summary>
    public string StateOf(int number) => _states[number];
}
