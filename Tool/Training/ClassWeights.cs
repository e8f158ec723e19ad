namespace MlNetMobileViT.Tool;

/// <summary>How much an image of each class counts in training.</summary>
internal static class ClassWeights
{
    /// <summary>Every image counts the same.</summary>
    public const string None = "none";

    /// <summary>Every class counts the same.</summary>
    public const string Balanced = "balanced";

    /// <summary>scikit-learn's <c>balanced</c>: the number of images, by the number of classes times that of the class's images.</summary>
    public static IReadOnlyDictionary<string, float> BalancedOf(IReadOnlyList<string> labels)
    {
        var counts = labels.CountBy(static label => label).ToDictionary();
        return counts.ToDictionary(count => count.Key, count => (float)((double)labels.Count / counts.Count / count.Value));
    }
}
