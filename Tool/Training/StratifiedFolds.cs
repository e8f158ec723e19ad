namespace MlNetMobileViT.Tool;

/// <summary>Deals examples out to folds so that every class is spread evenly over them.</summary>
internal static class StratifiedFolds
{
    /// <summary>The fold of each example, from 0.</summary>
    /// <param name="labels">The class of each example.</param>
    /// <param name="folds">The number of folds.</param>
    /// <param name="seed">Makes the deal repeatable.</param>
    public static int[] Deal(IReadOnlyList<string> labels, int folds, int seed)
    {
        var random = new Random(seed);
        int[] result = new int[labels.Count];
        foreach (var group in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int[] members = [.. group];
            random.Shuffle(members);
            for (int i = 0; i < members.Length; i++)
            {
                result[members[i]] = i % folds;
            }
        }

        return result;
    }
}
