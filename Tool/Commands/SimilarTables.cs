using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>What <c>similar</c> found, on the terminal and as rows of a file.</summary>
internal static class SimilarTables
{
    /// <summary>Writes the images that are most like others.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<SimilarImages> results, bool isOne)
    {
        foreach (SimilarImages result in results.Where(result => result.Error is null))
        {
            if (!isOne)
            {
                terminal.WriteLine($"Like {TextCell.Printable(result.Query)}:");
            }

            Write(terminal, result.Images);
            if (!isOne)
            {
                terminal.WriteLine();
            }
        }
    }

    /// <summary>Writes groups of nearly the same images, and how many there are.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<GroupedImage> images, bool withGroups)
    {
        int groups = 0;
        int inGroups = 0;
        foreach (var group in GroupedImage.Duplicates(images))
        {
            groups++;
            inGroups += group.Count();
            if (withGroups)
            {
                Write(terminal, [.. group.Select(image => (image.Path, image.Cosine))]);
                terminal.WriteLine();
            }
        }

        int all = images.Count(image => image.Error is null);
        terminal.WriteLine(groups == 0
            ? Invariant($"No two of {all:N0} images are nearly the same.")
            : Invariant($"{groups:N0} {(groups == 1 ? "group" : "groups")} of nearly the same images: {inGroups:N0} of {all:N0}."));
    }

    public static IEnumerable<ResultRow> RowsOf(IEnumerable<SimilarImages> results) => results.SelectMany((result, query) => result.Error is null
        ? result.Images.Select((image, i) => new ResultRow(query, result.Query, null, [image.Path], [image.Cosine, i + 1]))
        : [ResultRow.Failure(query, result.Query, result.Error)]);

    public static IEnumerable<ResultRow> RowsOf(IEnumerable<GroupedImage> images) => images.Select((image, i) => image.Error is null
        ? new ResultRow(i, image.Path, null, [], [image.Cosine, image.Group, image.Size])
        : ResultRow.Failure(i, image.Path, image.Error));

    private static void Write(Terminal terminal, IReadOnlyList<(string Path, float Cosine)> images)
    {
        var lines = new TextTable("Image", "Cosine");
        foreach (var (path, cosine) in images)
        {
            lines.Add(path, cosine.ToString("0.0000", CultureInfo.InvariantCulture));
        }

        lines.Write(terminal);
    }
}
