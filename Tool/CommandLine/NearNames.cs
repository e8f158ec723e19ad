namespace MlNetMobileViT.Tool;

/// <summary>Which of the names that there are somebody may have meant.</summary>
internal static class NearNames
{
    /// <summary>The end of a sentence about a name that is unknown: the question whether a near one was meant, or a full stop.</summary>
    public static string EndOfSentence(string given, IEnumerable<string> known)
    {
        string[] near = Find(given, known);
        return near.Length == 0 ? "." : $"; did you mean {string.Join(" or ", near.Select(static name => $"'{name}'"))}?";
    }

    /// <summary>The nearest names, if at most a third of their letters is wrong.</summary>
    public static string[] Find(string given, IEnumerable<string> known) =>
    [
        .. known.Distinct()
            .Select(name => (Name: name, Distance: Distance(given, name)))
            .Where(pair => pair.Distance * 3 <= Math.Max(Letters(given), Letters(pair.Name)))
            .GroupBy(static pair => pair.Distance, static pair => pair.Name)
            .MinBy(static group => group.Key) ?? Enumerable.Empty<string>(),
    ];

    // The dashes of an option are no letters that could be mistyped.
    private static int Letters(string name) => name.TrimStart('-').Length;

    /// <summary>How many letters to insert, to delete, to replace or to swap with the next one make one text of the other.</summary>
    private static int Distance(string from, string to)
    {
        int[,] distances = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                bool isSame = char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]);
                int edited = Math.Min(
                    Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1,
                    distances[i - 1, j - 1] + (isSame ? 0 : 1));
                bool isSwapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                distances[i, j] = isSwapped ? Math.Min(edited, distances[i - 2, j - 2] + 1) : edited;
            }
        }

        return distances[from.Length, to.Length];
    }
}
