using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <content>Groups of nearly the same images.</content>
internal sealed partial class SimilarCommand
{
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
            ? GroupedImage.Of(groups, [.. listed.Select(image => (image.Path, features.ErrorOf(image)))])
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
}
