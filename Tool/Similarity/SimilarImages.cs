namespace MlNetMobileViT.Tool;

/// <summary>The images that are most like one.</summary>
/// <param name="Query">The path of the one, as it was named.</param>
/// <param name="Error">Why there are none; null where there are.</param>
/// <param name="Images">The others, the most similar first, and the cosines of their features and the query's.</param>
internal sealed record SimilarImages(string Query, string? Error, IReadOnlyList<(string Path, float Cosine)> Images);

/// <summary>An image and the group of nearly the same images that it is in, of which it may be the only one.</summary>
/// <param name="Path">The path.</param>
/// <param name="Error">Why it is in none; null where it is in one.</param>
/// <param name="Group">The number of the group, from 1, in the order of their first images; 0 where there is an error.</param>
/// <param name="Size">The number of images in the group.</param>
/// <param name="Cosine">The cosine of its features and those of the group's first image.</param>
internal sealed record GroupedImage(string Path, string? Error, int Group, int Size, float Cosine)
{
    /// <summary>Numbers groups.</summary>
    /// <param name="groups">For each image without an error the first of its group, and the cosine of the two.</param>
    /// <param name="images">All images.</param>
    public static GroupedImage[] Of((int First, float Cosine)[] groups, IReadOnlyList<(string Path, string? Error)> images)
    {
        var numbers = new Dictionary<int, int>();
        var sizes = new List<int>();
        foreach (var (first, _) in groups)
        {
            if (numbers.TryAdd(first, numbers.Count))
            {
                sizes.Add(0);
            }

            sizes[numbers[first]]++;
        }

        int next = 0;
        return
        [
            .. images.Select(image =>
            {
                if (image.Error is not null)
                {
                    return new GroupedImage(image.Path, image.Error, 0, 0, 0);
                }

                var (first, cosine) = groups[next++];
                return new GroupedImage(image.Path, null, numbers[first] + 1, sizes[numbers[first]], cosine);
            }),
        ];
    }

    /// <summary>The groups of more than one image.</summary>
    public static IEnumerable<IGrouping<int, GroupedImage>> Duplicates(IEnumerable<GroupedImage> images) =>
        images.Where(image => image.Size > 1).GroupBy(image => image.Group);
}
