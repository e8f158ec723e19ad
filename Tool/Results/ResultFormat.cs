using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>The formats of result files, by extension.</summary>
internal sealed class ResultFormat(string extension, ResultFormat.Writer write, ResultFormat.Reader read)
{
    private static readonly ResultFormat[] All =
    [
        Csv(CsvStyle.Plain),
        new(".jsonl", JsonLinesResults.WriteAsync, JsonLinesResults.Read),
        new(".parquet", ParquetResults.WriteAsync, ParquetResults.Read),
        new(".idv", IdvResults.WriteAsync, IdvResults.Read) { Kinds = [ResultKind.Features] },
        new(NpyResults.Extension, NpyResults.WriteAsync, NpyResults.Read) { Kinds = [ResultKind.Features] },
    ];

    /// <summary>Writes a whole table to a stream, row by row.</summary>
    public delegate Task Writer(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken);

    /// <summary>Opens a table; the rows are read while they are asked for, once.</summary>
    /// <exception cref="InvalidDataException">The file is not such a table.</exception>
    public delegate (ResultSchema Schema, IEnumerable<ResultRow> Rows) Reader(string path);

    public string Extension { get; } = extension;

    /// <summary>What tables the format can hold.</summary>
    public ResultKind[] Kinds { get; private init; } = Enum.GetValues<ResultKind>();

    public Writer WriteAsync { get; } = write;

    public Reader Read { get; } = read;

    /// <summary>The format of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should hold, if that is known.</param>
    /// <param name="csv">How CSV is written; nothing to the other formats.</param>
    /// <exception cref="CommandException">No format that can hold the table has this extension.</exception>
    public static ResultFormat Of(string path, ResultKind? kind = null, CsvStyle? csv = null)
    {
        string extension = Path.GetExtension(path);
        var candidates = All.Where(format => kind is null || format.Kinds.Contains(kind.Value)).ToArray();
        ResultFormat found = candidates.FirstOrDefault(format => format.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase))
            ?? throw new CommandException(
                $"'{path}' should end in {string.Join(", ", candidates.Select(format => format.Extension))}: "
                + "the extension decides the format.");
        return csv is not null && found.Extension == CsvResults.Extension ? Csv(csv) : found;
    }

    /// <summary>The file that belongs beside an output, in a format that needs two; else null.</summary>
    public static string? BesideOf(string output) =>
        NpyResults.Extension.Equals(Path.GetExtension(output), StringComparison.OrdinalIgnoreCase) ? NpyResults.PathsOf(output) : null;

    /// <summary>Writes the file that belongs beside an output, whole or not at all.</summary>
    /// <returns>Its SHA-256; null where the format needs none.</returns>
    public static async Task<string?> WriteBesideAsync(string output, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        string? sha256 = null;
        if (BesideOf(output) is { } path)
        {
            await AtomicFile.WriteAsync(path, async stream =>
            {
                await NpyResults.WritePathsAsync(stream, rows, cancellationToken).ConfigureAwait(false);
                sha256 = await RunManifest.HashAsync(stream, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }

        return sha256;
    }

    private static ResultFormat Csv(CsvStyle style) => new(
        CsvResults.Extension,
        (stream, schema, rows, cancellationToken) => CsvResults.WriteAsync(stream, schema, rows, style, cancellationToken),
        CsvResults.Read);
}
