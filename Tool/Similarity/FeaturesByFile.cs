namespace MlNetMobileViT.Tool;

/// <summary>The features of some files, by their full paths.</summary>
internal sealed class FeaturesByFile(IReadOnlyList<ResultRow> rows)
{
    private readonly Dictionary<string, ResultRow> _rows = rows.ToDictionary(row => Path.GetFullPath(row.Path), StringComparer.Ordinal);

    /// <summary>Why an image has no features; null where it has.</summary>
    public string? ErrorOf(ImageInput image) => image.Error ?? RowOf(image).Error;

    /// <summary>The vector of an image, or why it has none.</summary>
    public (float[]? Vector, string? Error) VectorOf(ImageInput image) =>
        ErrorOf(image) is { } error ? (null, error) : (UnitVectors.Scale(RowOf(image).Numbers), null);

    /// <summary>The vectors of the images that have one, and their paths; the others are added to <paramref name="failures"/>.</summary>
    public (MemoryVectors Vectors, IReadOnlyList<string> Paths) VectorsOf(
        IEnumerable<ImageInput> images, List<(string Path, string Reason)> failures)
    {
        var vectors = new MemoryVectors(rows.Select(row => row.Numbers.Length).FirstOrDefault(length => length > 0));
        var paths = new List<string>();
        foreach (ImageInput image in images)
        {
            var (vector, error) = VectorOf(image);
            if (vector is null)
            {
                failures.Add((image.Path, error!));
            }
            else
            {
                vectors.Add(vector);
                paths.Add(image.Path);
            }
        }

        return (vectors, paths);
    }

    private ResultRow RowOf(ImageInput image) => _rows[Path.GetFullPath(image.Path)];
}
