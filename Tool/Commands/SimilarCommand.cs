using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>similar IMAGE PATH…</c>: the nearest pictures by the cosine of their features, or groups of nearly the same ones.</summary>
internal sealed partial class SimilarCommand : ToolCommand
{
    private const int DefaultCount = 10;

    private readonly Terminal _terminal;
    private readonly InputOptions _inputs;
    private readonly ImageFeatures _features;
    private readonly CsvOptions _csv;

    private readonly Argument<string?> _query = new("IMAGE")
    {
        Description = "The image to compare with; or many: a folder, a glob, or - for a list on standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _duplicates = new("--duplicates")
    {
        Description = "Find groups of nearly the same images among those that are named, or in the index.",
    };

    private readonly Option<float?> _threshold = new("--threshold")
    {
        Description = "With --duplicates: the least cosine with the first image of a group, from 0 to 1. "
            + $"Default: {NearDuplicates.DefaultThreshold.ToString(CultureInfo.InvariantCulture)}.",
        HelpName = "COSINE",
    };

    private readonly Option<int?> _top = new("--top", "-k")
    {
        Description = $"How many images to find for each. Default: {DefaultCount}.",
        HelpName = "K",
    };

    private readonly Option<string?> _index = new("--index")
    {
        Description = "Search in this folder, which 'index' made, instead of PATH. The model and the layer are those of the index.",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _exact = new("--exact")
    {
        Description = Invariant(
            $"With --index: compare with every image. Else, of {IndexFolder.DefaultBlockSize:N0} images and more, one of the nearest is missed now and then."),
    };

    private readonly Option<string?> _report = new("--report")
    {
        Description = "Write a sheet with the images: one .html file that needs no network.",
        HelpName = "FILE.html",
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write the images to a file: .csv, .jsonl or .parquet. Columns: query, error, rank, path, similarity; with "
            + "--duplicates: path, error, group, size, similarity.",
        HelpName = "FILE",
    };

    public SimilarCommand(Terminal terminal)
        : base(
            "similar",
            "Find the images most like others, by the cosine of their features. With --duplicates: groups of nearly the same ones.",
            "similar photos/cat.jpg photos --recursive --model xxs --report similar.html",
            "similar new photos --top 3 --output nearest.csv",
            "similar photos/cat.jpg --index photos.index",
            "similar --duplicates photos --recursive --report duplicates.html")
    {
        _terminal = terminal;
        Add(_query);
        _inputs = new InputOptions(this, required: false);
        Add(_index);
        Add(_exact);
        Add(_duplicates);
        Add(_threshold);
        _features = new ImageFeatures(this);
        Add(_top);
        Add(_output);
        _csv = new CsvOptions(this);
        Add(_report);
        SetAction((parsed, cancellationToken) => parsed.GetValue(_duplicates)
            ? GroupAsync(parsed, cancellationToken)
            : FindAsync(parsed, cancellationToken));
    }

    private static void Refuse(bool isWrong, string message)
    {
        if (isWrong)
        {
            throw new CommandException(message);
        }
    }

    private bool IsWritten(ParseResult parsed) => parsed.GetValue(_output) is not null || parsed.GetValue(_report) is not null;

    /// <summary>The index to search in; null where images are listed.</summary>
    private IndexFolder? IndexOf(ParseResult parsed, string[] paths)
    {
        string? path = parsed.GetValue(_index);
        Refuse(path is null && parsed.GetValue(_exact), "--exact belongs to --index; without one, every image is compared.");
        Refuse(path is not null && paths.Length > 0, $"--index is searched instead of '{(paths.Length > 0 ? paths[0] : "")}': name one of them.");
        return path is null ? null : new IndexFolder(path);
    }

    /// <summary>Checks the files that are to be written.</summary>
    private (OutputPaths Written, ResultFormat? Table) OutputOf(ParseResult parsed, ResultKind kind, string? image)
    {
        _features.Check(parsed);
        string? output = parsed.GetValue(_output);
        CsvStyle csv = _csv.Read(parsed, output);
        ResultFormat? format = output is null ? null : ResultFormat.Of(output, kind, csv);
        string? report = parsed.GetValue(_report);
        return (OutputPaths.Require([output, report], report, [image, _features.NameOf(parsed, null)]), format);
    }

    private ImageInput[] ListOthers(ParseResult parsed, string[] paths, string? query)
    {
        ImageInputs inputs = _inputs.Read(parsed, _terminal, paths);
        string? self = query is null ? null : RealPath.Of(query);
        ImageInput[] others =
        [
            .. InputOptions.List(inputs, _terminal)
                .Where(input => self is null || input.Error is not null || RealPath.Of(input.Path) != self),
        ];
        Refuse(
            others.Length == 0,
            self is null
                ? inputs.NothingFound
                : $"There is no other image in {inputs.Description} to compare with. Subfolders are searched with --recursive.");
        return others;
    }

    /// <summary>The features of files, of each once.</summary>
    private async Task<(FeaturesByFile Features, string Model)> ComputeAsync(
        ParseResult parsed, ImageInput[] images, IndexFolder? folder, FeatureIndex? index, CancellationToken cancellationToken)
    {
        ImageInput[] files = [.. images.Where(image => image.Error is null).DistinctBy(image => Path.GetFullPath(image.Path))];
        var (rows, model) = await _features.ComputeAsync(parsed, _terminal, files, folder, index?.Settings, cancellationToken).ConfigureAwait(false);
        return (new FeaturesByFile(rows), model);
    }

    private void NoteDamaged(FeatureIndex? index)
    {
        if (index?.Damaged is > 0 and var damaged)
        {
            _terminal.Note(Invariant(
                $"the features of {damaged:N0} images are damaged on the disk, and were left out; 'index' reads the images again."));
        }
    }

    /// <summary>Says what failed, and writes the files that were asked for.</summary>
    private async Task<int> FinishAsync(
        ParseResult parsed,
        List<(string Path, string Reason)> failures,
        Func<Stream, CancellationToken, Task> writeTable,
        Func<string, Task> writeReport,
        CancellationToken cancellationToken)
    {
        foreach (var (_, reason) in failures.Distinct())
        {
            _terminal.Note($"left out: {TextCell.Printable(reason)}");
        }

        if (parsed.GetValue(_output) is { } output)
        {
            await AtomicFile.WriteAsync(output, stream => writeTable(stream, cancellationToken)).ConfigureAwait(false);
            _terminal.WriteLine($"written: {TextCell.Printable(output)}");
        }

        if (parsed.GetValue(_report) is { } report)
        {
            await writeReport(report).ConfigureAwait(false);
            _terminal.WriteLine($"written: {TextCell.Printable(report)}");
        }

        return failures.Count == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
    }
}
