using System.Text;
using System.Text.RegularExpressions;

namespace MlNetMobileViT.Examples.Inputs;

/// <summary>A path with <c>*</c>, <c>?</c>, <c>[abc]</c> or <c>**</c> (any folders) that the shell left to us.</summary>
internal sealed class GlobPattern
{
    private readonly Regex _regex;

    private GlobPattern(string folder, string pattern)
    {
        Folder = folder;
        IsRecursive = pattern.Contains('/') || pattern.Contains("**", StringComparison.Ordinal);
        NamesAnyFile = pattern.EndsWith('*');
        _regex = new Regex(
            ToRegex(pattern),
            RegexOptions.CultureInvariant | RegexOptions.Singleline
            | (OperatingSystem.IsWindows() ? RegexOptions.IgnoreCase : RegexOptions.None));
    }

    /// <summary>The folder before the first wildcard.</summary>
    public string Folder { get; }

    /// <summary>Whether the pattern reaches into subfolders.</summary>
    public bool IsRecursive { get; }

    /// <summary>Whether the last part ends in <c>*</c>, so that files other than pictures have to be left out.</summary>
    public bool NamesAnyFile { get; }

    /// <summary>Reads a pattern; null where the text has no wildcard.</summary>
    public static GlobPattern? Parse(string text)
    {
        string path = OperatingSystem.IsWindows() ? text.Replace('\\', '/') : text;
        int wildcard = path.AsSpan().IndexOfAny('*', '?', '[');
        if (wildcard < 0)
        {
            return null;
        }

        int slash = path.LastIndexOf('/', wildcard);
        return new GlobPattern(slash < 0 ? "." : path[..Math.Max(slash, 1)], path[(slash + 1)..]);
    }

    /// <summary>Whether a path below <see cref="Folder"/>, with <c>/</c> between its parts, matches.</summary>
    public bool Matches(string relative) => _regex.IsMatch(relative);

    private static string ToRegex(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            int close;
            if (string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0)
            {
                regex.Append("(?:.*/)?");
                i += 2;
            }
            else if (string.CompareOrdinal(pattern, i, "**", 0, 2) == 0)
            {
                regex.Append(".*");
                i++;
            }
            else if (pattern[i] == '[' && (close = pattern.IndexOf(']', i + 2 <= pattern.Length ? i + 2 : i)) > 0)
            {
                string set = pattern[(i + 1)..close];
                bool negated = set.StartsWith('!');
                string members = (negated ? set[1..] : set).Replace(@"\", @"\\", StringComparison.Ordinal)
                    .Replace("[", @"\[", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal);
                regex.Append(negated ? "[^/" : "[").Append(members).Append(']');
                i = close;
            }
            else
            {
                regex.Append(pattern[i] switch
                {
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    char other => Regex.Escape(other.ToString()),
                });
            }
        }

        return regex.Append(@"\z").ToString();
    }
}
