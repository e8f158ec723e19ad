using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>similar IMAGE PATH…</c>: the nearest pictures by the cosine of their features, or groups of nearly the same ones.</summary>
internal sealed class SimilarCommand : ToolCommand
{
    // Queries that are searched for at once; progress advances by them.
    private const int QueriesAtOnce = 256;
    private const int DefaultCount = 10;

    // Beyond this, one search takes longer than a person waits for gladly.
    private const int MostWithoutIndex = 50_000;

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

    private async Task<int> FindAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string query = parsed.GetValue(_query) ?? throw new CommandException(
            "Name the image to compare with, and then what to compare it with, or an --index; or ask for --duplicates.");
        string[] paths = parsed.GetValue(_inputs.Paths) ?? [];
        int count = parsed.GetValue(_top) ?? DefaultCount;
        Refuse(count < 1, $"--top {count}: show at least one image.");
        Refuse(parsed.GetValue(_threshold) is not null, "--threshold belongs to --duplicates.");
        bool isOne = File.Exists(query);
        Refuse(
            !isOne && !Directory.Exists(query) && query != ImageInputs.StandardInput && GlobPattern.Parse(query) is null,
            $"There is no image '{query}'. Check the path.");
        IndexFolder? folder = IndexOf(parsed, paths);
        Refuse(isOne && folder is null && paths.Length == 0, $"Name what to compare '{query}' with: folders or images, or an --index.");
        var (written, table) = OutputOf(parsed, ResultKind.Neighbors, isOne ? query : null);
        _ = _inputs.Read(parsed, _terminal, [query, .. paths]);

        ImageInputs asked = _inputs.Read(parsed, _terminal, [query]);
        ImageInput[] queries = isOne ? [new ImageInput(0, query, query, null)] : InputOptions.List(asked, _terminal);
        Refuse(queries.Length == 0, asked.NothingFound);
        ImageInput[] others = folder is not null ? [] : paths.Length == 0 ? queries : ListOthers(parsed, paths, isOne ? query : null);
        foreach (ImageInput image in others.Concat(isOne ? [] : queries).Where(image => image.Error is null))
        {
            written.RequireOther(image.Path);
        }

        using FeatureIndex? index = folder is null ? null : new FeatureIndex(_terminal, folder, isSearched: !parsed.GetValue(_exact));
        float[]?[] vectors = [.. queries.Select(image => image.Error is null ? index?.Find(image.Path) : null)];
        (FeaturesByFile features, string model) = await ComputeAsync(
            parsed, [.. queries.Where((_, i) => vectors[i] is null), .. others], folder, index, cancellationToken).ConfigureAwait(false);
        var failures = new List<(string Path, string Reason)>();
        var (images, imagePaths) = features.VectorsOf(others, failures);
        string?[] errors = new string?[queries.Length];
        for (int i = 0; i < queries.Length; i++)
        {
            if (vectors[i] is null)
            {
                (vectors[i], errors[i]) = features.VectorOf(queries[i]);
            }
        }

        Refuse(isOne && errors[0] is not null, errors[0]!);
        if (imagePaths.Count > MostWithoutIndex)
        {
            _terminal.Note("each of the images is compared; 'index' keeps their features on disk, where near ones are found without that.");
        }

        SimilarImages[] results = Search(
            index?.Search ?? new NearestSearch(images, imagePaths), index?.Paths ?? imagePaths, queries, vectors, errors, count, cancellationToken);
        failures.AddRange(results.Where(result => result.Error is not null).Select(result => (result.Query, result.Error!)));
        if (isOne || !IsWritten(parsed))
        {
            SimilarTables.Write(_terminal, results, isOne);
        }

        NoteDamaged(index);
        string title = isOne ? $"Images like '{query}'" : $"Images like those in {asked.Description}";
        ReportOrigin origin = OriginOf(parsed, _features.NameOf(parsed, index?.Settings));
        return await FinishAsync(
            parsed,
            failures,
            (stream, token) => table!.WriteAsync(stream, ResultSchema.OfNeighbors, SimilarTables.RowsOf(results), token),
            page => SimilarReport.WriteAsync(page, title, model, origin, results, [.. failures.Distinct()]),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> GroupAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] paths = [.. parsed.GetValue(_query) is { } first ? [first] : Array.Empty<string>(), .. parsed.GetValue(_inputs.Paths) ?? []];
        float threshold = parsed.GetValue(_threshold) ?? NearDuplicates.DefaultThreshold;
        Refuse(threshold is not (>= 0 and <= 1), Invariant($"--threshold {threshold}: give a cosine from 0 to 1."));
        Refuse(parsed.GetValue(_top) is not null, "--top does not belong to --duplicates, which gives all images of a group.");
        IndexFolder? folder = IndexOf(parsed, paths);
        Refuse(folder is null && paths.Length == 0, "Name the images among which to look for duplicates, or an --index.");
        var (written, table) = OutputOf(parsed, ResultKind.Duplicates, image: null);
        ImageInput[] listed = folder is null ? ListOthers(parsed, paths, query: null) : [];
        foreach (ImageInput image in listed.Where(image => image.Error is null))
        {
            written.RequireOther(image.Path);
        }

        using FeatureIndex? index = folder is null ? null : new FeatureIndex(_terminal, folder, isSearched: false);
        (FeaturesByFile features, string model) = await ComputeAsync(parsed, listed, folder, index, cancellationToken).ConfigureAwait(false);
        var failures = new List<(string Path, string Reason)>();
        var (images, imagePaths) = features.VectorsOf(listed, failures);
        int[] numbers = index is null ? [.. Enumerable.Range(0, images.Count)] : [.. index.Numbers];
        (int First, float Cosine)[] groups = [];
        WorkProgress.Run(
            _terminal,
            "images compared",
            Task.FromResult<long?>(numbers.Length),
            progress => groups = NearDuplicates.Find(index?.Vectors ?? images, numbers, threshold, progress.Advance, cancellationToken));
        GroupedImage[] grouped = index is null
            ? GroupedImage.Of(groups, [.. listed.Select(image => (image.Path, features.VectorOf(image).Error))])
            : GroupedImage.Of(groups, [.. numbers.Select(number => (index.Paths[number]!, default(string)))]);
        SimilarTables.Write(_terminal, grouped, withGroups: !IsWritten(parsed));
        NoteDamaged(index);
        string title = $"Nearly the same images in {(folder is null ? _inputs.Read(parsed, _terminal, paths).Description : $"'{folder.Path}'")}";
        ReportOrigin origin = OriginOf(parsed, _features.NameOf(parsed, index?.Settings));
        return await FinishAsync(
            parsed,
            failures,
            (stream, token) => table!.WriteAsync(stream, ResultSchema.OfDuplicates, SimilarTables.RowsOf(grouped), token),
            page => DuplicateReport.WriteAsync(page, title, model, origin, threshold, grouped),
            cancellationToken).ConfigureAwait(false);
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

    private SimilarImages[] Search(
        NearestSearch search,
        IReadOnlyList<string?> paths,
        ImageInput[] queries,
        float[]?[] vectors,
        string?[] errors,
        int count,
        CancellationToken cancellationToken)
    {
        var results = new SimilarImages[queries.Length];
        WorkProgress.Run(_terminal, "queries", Task.FromResult<long?>(queries.Length), progress =>
        {
            foreach (int[] chunk in Enumerable.Range(0, queries.Length).Chunk(QueriesAtOnce))
            {
                int[] valid = [.. chunk.Where(i => errors[i] is null)];
                Neighbor[][] found = search.Find([.. valid.Select(i => new ImageQuery(queries[i].Path, vectors[i]!))], count, cancellationToken);
                foreach (var (i, nearest) in valid.Zip(found))
                {
                    errors[i] = nearest.Length == 0 ? "There is no other image to compare it with." : null;
                    results[i] = new SimilarImages(
                        queries[i].Path, errors[i], [.. nearest.Select(neighbor => (paths[neighbor.Number]!, neighbor.Cosine))]);
                }

                foreach (int i in chunk)
                {
                    results[i] ??= new SimilarImages(queries[i].Path, errors[i], []);
                    progress.Advance();
                }
            }
        });
        return results;
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

    /// <summary>The features of some files, by their full paths.</summary>
    private sealed class FeaturesByFile(IReadOnlyList<ResultRow> rows)
    {
        private readonly Dictionary<string, ResultRow> _rows = rows.ToDictionary(row => Path.GetFullPath(row.Path), StringComparer.Ordinal);

        /// <summary>The vector of an image, or why it has none.</summary>
        public (float[]? Vector, string? Error) VectorOf(ImageInput image)
        {
            if (image.Error is not null)
            {
                return (null, image.Error);
            }

            ResultRow row = _rows[Path.GetFullPath(image.Path)];
            return row.Error is null ? (UnitVectors.Scale(row.Numbers), null) : (null, row.Error);
        }

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
    }
}
