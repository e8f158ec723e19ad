namespace MlNetMobileViT.Examples;

/// <summary>Compares what two runs depend on, by name: the model above all.</summary>
internal static class RunSettings
{
    /// <summary>A setting that two runs do not share.</summary>
    public readonly record struct Different(string Name, string Before, string Now)
    {
        /// <summary>The difference in a sentence: <c>top 5, and this run has top 3</c>.</summary>
        public string Describe(string other) => $"{Name} {Before}, and {other} {Name} {Now}";
    }

    /// <summary>The first difference, or null.</summary>
    public static Different? Difference(
        IEnumerable<KeyValuePair<string, string>> before, IEnumerable<KeyValuePair<string, string>> now)
    {
        Dictionary<string, string> old = before.ToDictionary();
        Dictionary<string, string> current = now.ToDictionary();
        foreach (string name in current.Keys.Union(old.Keys))
        {
            string was = old.GetValueOrDefault(name, "none");
            string wanted = current.GetValueOrDefault(name, "none");
            if (was != wanted)
            {
                return new Different(name, was, wanted);
            }
        }

        return null;
    }
}
