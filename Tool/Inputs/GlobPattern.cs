using System.Text;
using System.Text.RegularExpressions;

namespace MlNetMobileViT.Tool;

/// <summary>A path with <c>*</c>, <c>?</c>, <c>[abc]</c> or <c>**</c> (any folders) that the shell left to us.</summary>
internal sealed class GlobPattern
{
    private readonly Regex _regex;

    private GlobPattern(string folder, string pattern, bool ignoreCase)
    {
        Folder = folder;
        IsRecursive = pattern.Contains('/') || pattern.Contains("**", StringComparison.Ordinal);
        NamesAnyFile = pattern.EndsWith('*');
        try
        {
            _regex = new Regex(
                ToRegex(pattern),
                RegexOptions.CultureInvariant | RegexOptions.Singleline | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));
        }
        catch (RegexParseException exception)
        {
            throw new CommandException($"The pattern '{pattern}' cannot be read: check what stands between [ and ].", exception);
        }
    }

    /// <summary>The folder before the first wildcard.</summary>
    public string Folder { get; }

    /// <summary>Whether the pattern reaches into subfolders.</summary>
    public bool IsRecursive { get; }

    /// <summary>Whether the last part ends in <c>*</c>, so that files other than pictures have to be left out.</summary>
    public bool NamesAnyFile { get; }

    /// <summary>Reads a pattern; null where the text has no wildcard.</summary>
    public static GlobPattern? Parse(string text) => Parse(text, OperatingSystem.IsWindows());

    /// <summary>Reads a pattern as it is written on Windows, or elsewhere.</summary>
    internal static GlobPattern? Parse(string text, bool isWindows)
    {
        string path = isWindows ? text.Replace('\\', '/') : text;
        int wildcard = path.AsSpan().IndexOfAny('*', '?', '[');
        if (wildcard < 0)
        {
            return null;
        }

        int slash = path.LastIndexOf('/', wildcard);
        int name = slash + 1;
        if (isWindows && path.IndexOf(':') is 1 and var colon && slash <= colon + 1)
        {
            // The root of a drive ends in its slash: 'C:' alone is that drive's current folder.
            name = Math.Max(name, colon + 1);
            return new GlobPattern(path[..name], path[name..], isWindows);
        }

        return new GlobPattern(slash < 0 ? "." : path[..Math.Max(slash, 1)], path[name..], isWindows);
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
