using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <content>The images that are most like others.</content>
internal sealed partial class SimilarCommand
{
    // Queries that are searched for at once; progress advances by them.
    private const int QueriesAtOnce = 256;

    // From here on an index is worth its disk.
    private const int MostWithoutIndex = 50_000;

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
            _terminal.Note("the features of all images are gathered anew in each run; 'index' keeps them ready on disk.");
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
}
