namespace MlNetMobileViT.Conversion;

/// <summary>The classes of ImageNet-1k, in the order of the logits of every published MobileViT classifier.</summary>
/// <remarks>
/// ML.NET's key values and slot names serve as dictionary keys, so a model's labels must differ from each other. ImageNet has
/// two cranes (a bird and a machine) and two maillots; their labels carry the WordNet id: <c>crane (n02012849)</c>.
/// </remarks>
internal static class ImageNet1k
{
    private static readonly Lazy<IReadOnlyList<ImageNetClass>> LazyClasses = new(Load);
    private static readonly Lazy<IReadOnlyList<string>> LazyLabels =
        new(() => [.. LazyClasses.Value.Select(imageNetClass => imageNetClass.Label)]);

    /// <summary>The number of classes: 1000.</summary>
    public const int ClassCount = 1000;

    /// <summary>The classes, in the order of the logits.</summary>
    public static IReadOnlyList<ImageNetClass> Classes => LazyClasses.Value;

    /// <summary>The labels, in the order of the logits: the names, made unique.</summary>
    public static IReadOnlyList<string> Labels => LazyLabels.Value;

    private static ImageNetClass[] Load()
    {
        using var stream = typeof(ImageNet1k).Assembly.GetManifestResourceStream("imagenet1k.tsv")
            ?? throw new InvalidOperationException("The assembly was built without imagenet1k.tsv.");
        using var reader = new StreamReader(stream);
        (string Id, string Name)[] rows =
        [
            .. reader.ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Skip(1)
                .Select(line => line.Split('\t'))
                .Select(cells => (cells[0], cells[1])),
        ];
        var ambiguous = rows.CountBy(row => row.Name).Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet();
        return
        [
            .. rows.Select((row, index) => new ImageNetClass(
                index,
                row.Id,
                row.Name,
                ambiguous.Contains(row.Name) ? $"{row.Name} ({row.Id})" : row.Name)),
        ];
    }
}

/// <summary>One of the 1000 classes of ImageNet-1k (ILSVRC 2012).</summary>
/// <param name="Index">The position in a model's logits, from 0.</param>
/// <param name="WordNetId">The WordNet id, such as <c>n01440764</c>: the name of the class's folder in the data set.</param>
/// <param name="Name">The name, such as <c>tench</c>. Two names stand twice: crane and maillot.</param>
/// <param name="Label">
/// The name, with the WordNet id in parentheses where another class has the same name: unique among the classes.
/// </param>
internal sealed record ImageNetClass(int Index, string WordNetId, string Name, string Label);
