using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Features as NumPy's <c>.npy</c>, as <c>numpy.load</c> reads it: one float32 array [N, C], a row a picture in the order of the run,
/// NaN where there is an error. The paths and errors of the rows are in a table beside it, which <c>pandas.read_csv</c> reads.
/// </summary>
internal static partial class NpyResults
{
    public const string Extension = ".npy";

    // Magic, version and text together: a multiple of 64, as NumPy writes it, and room for any shape.
    private const int HeadLength = 128;
    private const int LengthPosition = 8;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>The table of an array's rows: <c>f.paths.csv</c> for <c>f.npy</c>.</summary>
    public static string PathsOf(string path) => Path.ChangeExtension(path, ".paths.csv");

    /// <summary>Writes the table of the rows.</summary>
    public static Task WritePathsAsync(Stream stream, IEnumerable<ResultRow> rows, CancellationToken cancellationToken) =>
        CsvResults.WriteAsync(stream, new ResultSchema(ResultKind.Features, 0), rows, CsvStyle.Plain, cancellationToken);

    /// <summary>Writes the array.</summary>
    public static async Task WriteAsync(
        Stream stream, ResultSchema schema, IEnumerable<ResultRow> rows, CancellationToken cancellationToken)
    {
        // The number of rows, which the head says, is known at the end.
        long start = stream.Position;
        stream.Write(new byte[HeadLength]);
        float[] missing = new float[schema.Width];
        Array.Fill(missing, float.NaN);
        long count = 0;
        foreach (ResultRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteRow(stream, row.Error is null ? row.Numbers : missing);
            count++;
        }

        long end = stream.Position;
        stream.Position = start;
        stream.Write(HeadOf(count, schema.Width));
        stream.Position = end;
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public static (ResultSchema Schema, IEnumerable<ResultRow> Rows) Read(string path)
    {
        var (count, width, start) = ReadHead(path);
        string paths = PathsOf(path);
        if (!File.Exists(paths))
        {
            throw new InvalidDataException($"'{path}' has no '{Path.GetFileName(paths)}' beside it, which says whose rows these are.");
        }

        IEnumerable<ResultRow> named = CsvResults.Read(paths).Rows;
        return (new ResultSchema(ResultKind.Features, width), ReadRows(path, named, count, width, start));
    }

    private static IEnumerable<ResultRow> ReadRows(string path, IEnumerable<ResultRow> named, long count, int width, long start)
    {
        using FileStream stream = File.OpenRead(path);
        stream.Position = start;
        long read = 0;
        foreach (ResultRow row in named)
        {
            float[] numbers = new float[width];
            if (read < count)
            {
                ReadRow(stream, numbers);
            }

            read++;
            yield return row.Error is null ? row with { Numbers = numbers } : row;
        }

        if (read != count)
        {
            throw new InvalidDataException(
                $"'{path}' has {count} rows, and '{Path.GetFileName(PathsOf(path))}' {read}: they are not of one run.");
        }
    }

    private static byte[] HeadOf(long count, int width)
    {
        byte[] head = new byte[HeadLength];
        Array.Fill(head, (byte)' ');
        Magic.CopyTo(head);
        BitConverter.TryWriteBytes(head.AsSpan(LengthPosition), (ushort)(HeadLength - LengthPosition - sizeof(ushort)));
        Encoding.ASCII.GetBytes(
            Invariant($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {width}), }}"), head.AsSpan(LengthPosition + sizeof(ushort)));
        head[^1] = (byte)'\n';
        return head;
    }

    private static (long Count, int Width, long Start) ReadHead(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] start = new byte[LengthPosition + sizeof(ushort)];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length == start.Length && start.AsSpan().StartsWith(Magic))
        {
            byte[] text = new byte[BitConverter.ToUInt16(start, LengthPosition)];
            if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) == text.Length
                && Head().Match(Encoding.ASCII.GetString(text)) is { Success: true } match
                && long.TryParse(match.Groups["count"].Value, CultureInfo.InvariantCulture, out long count)
                && int.TryParse(match.Groups["width"].Value, CultureInfo.InvariantCulture, out int width)
                && (Int128)count * width * sizeof(float) == stream.Length - stream.Position)
            {
                return (count, width, stream.Position);
            }
        }

        throw new InvalidDataException($"'{path}' is not a readable .npy file of this program: an array [N, C] of float32.");
    }

    private static void WriteRow(Stream stream, float[] numbers) => stream.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));

    private static void ReadRow(Stream stream, float[] numbers) => stream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((?<count>\d+), (?<width>\d+)\), \} *\n$")]
    private static partial Regex Head();
}
