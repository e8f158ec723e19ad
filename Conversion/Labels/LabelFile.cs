using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Class labels from a text file, one label a line, in the order of the logits: UTF-8, or UTF-16 or UTF-32 with a byte order mark.
/// </summary>
internal static class LabelFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Reads the labels. A byte order mark, Windows line ends and a missing last line end do not matter.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is empty or too large, or a line is not text, is blank, holds a tab or another control character, or stands twice;
    /// the message names the line.
    /// </exception>
    public static IReadOnlyList<string> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no label file '{path}'. It should hold one label a line.", path);
        }

        string text = ReadText(path);
        List<string> lines = [.. text.Split('\n').Select(line => line.Trim())];
        while (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        if (lines.Count == 0)
        {
            throw new InvalidDataException($"The label file '{path}' is empty. It should hold one label a line.");
        }

        var firstLines = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Count; i++)
        {
            string label = lines[i];
            if (ProblemOf(label) is { } problem)
            {
                throw Invalid(path, i, $"{problem}. {AdviceFor(label)}");
            }

            if (!firstLines.TryAdd(label, i))
            {
                throw Invalid(
                    path,
                    i,
                    $"repeats '{label}' of line {firstLines[label] + 1}. Labels must differ from each other; add what tells the two "
                    + "classes apart. (For ImageNet-1k no label file is needed.)");
            }
        }

        return lines;
    }

    /// <summary>What makes a text no label, in words that follow its name; null for a label.</summary>
    /// <param name="label">The text, without white space around it.</param>
    internal static string? ProblemOf(string label) =>
        label.Length == 0 ? "is blank"
        : label.Contains('\t', StringComparison.Ordinal) ? "holds a tab"
        : label.Any(char.IsControl) ? "holds a control character"
        : null;

    private static string AdviceFor(string label) =>
        label.Length == 0 ? "Every line names one class; remove it, or name the class."
        : label.Contains('\t', StringComparison.Ordinal)
            ? "The file should have no columns: one label a line, in the order of the classes."
        : "The file should be plain text, one label a line.";

    private static string ReadText(string path)
    {
        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException(
                $"The label file '{path}' is larger than {MaxBytes >> 20} MiB. It should hold one label a line.");
        }

        return TextFile.Decode(File.ReadAllBytes(path), $"the label file '{path}'");
    }

    private static InvalidDataException Invalid(string path, int index, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Line {index + 1} of the label file '{path}' {problem}"));
}
