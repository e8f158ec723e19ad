using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Finds the class of the model that a folder or a label file means.</summary>
internal sealed class ClassNames(IReadOnlyList<string> labels)
{
    private readonly HashSet<string> _labels = new(labels, StringComparer.Ordinal);
    private readonly ILookup<string, string> _decomposed = labels.ToLookup(DecomposedText.Of, StringComparer.Ordinal);
    private readonly Dictionary<string, int> _wordNet = labels.Count == ImageNet1k.ClassCount
        ? ImageNet1k.Classes.ToDictionary(found => found.WordNetId, found => found.Index)
        : [];

    /// <summary>The class, or an error that says where the name stands.</summary>
    /// <param name="name">The label, WordNet id or index.</param>
    /// <param name="source">Says where the name stands.</param>
    /// <exception cref="CommandException">The model has no such class.</exception>
    public string Resolve(string name, Func<string> source) => Find(name) ?? throw new CommandException(
        $"The model has no class '{name}' ({source()}); its {labels.Count} classes begin with "
        + $"{string.Join(", ", labels.Take(5).Select(label => $"'{label}'"))}. Name classes by label, WordNet id or index.");

    /// <summary>The class; null if the model has none of that name.</summary>
    /// <param name="name">The label, WordNet id or index.</param>
    public string? Find(string name)
    {
        string spaced = name.Replace('_', ' ');
        if (_labels.Contains(name) || _labels.Contains(spaced))
        {
            return _labels.Contains(name) ? name : spaced;
        }

        // Folders from macOS have their accents decomposed.
        if (_decomposed[DecomposedText.Of(name)].Concat(_decomposed[DecomposedText.Of(spaced)]).Distinct().ToArray() is [var only])
        {
            return only;
        }

        return _wordNet.TryGetValue(name, out int index)
            || (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < labels.Count)
            ? labels[index]
            : null;
    }
}
