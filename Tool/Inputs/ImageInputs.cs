namespace MlNetMobileViT.Tool;

/// <summary>The pictures that a command's arguments name, each once, in an order that is the same for every run.</summary>
/// <param name="arguments">Folders, files, globs, and <c>-</c> for a list on standard input.</param>
/// <param name="recursive">Whether folders are searched with their subfolders.</param>
/// <param name="standardInput">Where <c>-</c> reads from.</param>
/// <param name="nullSeparated">Whether that list has NUL after each path instead of a line end.</param>
internal sealed class ImageInputs(
    IReadOnlyList<string> arguments, bool recursive, TextReader standardInput, bool nullSeparated = false)
{
    /// <summary>The argument that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int MostDescribed = 3;

    private readonly List<string> _notes = [];

    /// <summary>Whether the inputs can be listed more than once, to count them.</summary>
    public bool CanRepeat => !arguments.Contains(StandardInput);

    /// <summary>Sentences about what the last listing left out and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>What paths begin with that need not be repeated on a screen: the folder, where one was named.</summary>
    public string CommonFolder => arguments is [string only] && Directory.Exists(only) ? Path.Combine(only, "") : "";

    /// <summary>The arguments as they were given, for messages.</summary>
    public string Description => Describe(arguments);

    /// <summary>What to tell of inputs that listed nothing.</summary>
    public string NothingFound => arguments is [StandardInput]
        ? "There is no path on standard input. Write one a line, or, with --null, each with NUL behind it."
        : $"There is no image in {Description}. Subfolders are searched with --recursive, and files other than images only when "
            + "they are named one by one.";

    /// <summary>The same inputs with notes of their own, to be listed at the same time.</summary>
    public ImageInputs Copy() => new(arguments, recursive, standardInput, nullSeparated);

    /// <summary>Checks that what the arguments name is there.</summary>
    /// <exception cref="CommandException">A file or folder does not exist.</exception>
    public void Validate()
    {
        foreach (string argument in arguments)
        {
            // A name of bytes that are no text becomes a row with an error: a shell's glob may have many files beside it.
            if (argument == StandardInput || Path.Exists(argument) || UndecodableNames.IsSuspicious(argument))
            {
                continue;
            }

            GlobPattern glob = GlobPattern.Parse(argument)
                ?? throw new CommandException($"There is no file or folder '{argument}'. Check the path.");
            if (!Directory.Exists(glob.Folder))
            {
                throw new CommandException($"There is no folder '{glob.Folder}' for the pattern '{argument}'. Check the path.");
            }
        }

        if (arguments.Count(argument => argument == StandardInput) > 1)
        {
            throw new CommandException("Standard input can be read once: name '-' once.");
        }
    }

    /// <summary>Lists the inputs while the file system is read; nothing is held but the names of one folder and the hashes.</summary>
    public IEnumerable<ImageInput> Enumerate()
    {
        _notes.Clear();
        int repeated = 0;
        long index = 0;
        var seen = new HashSet<UInt128>();
        var empty = new List<string>();
        var walker = new FolderWalker(FolderEntry.List, _notes.Add);
        var named = new NamedFiles();
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            bool isEmpty = true;
            foreach (FolderWalker.Found found in List(argument, walker, named))
            {
                if (found.Path != argument && argument != StandardInput && ImageFiles.IsOtherImageName(Path.GetFileName(found.Path)))
                {
                    string extension = Path.GetExtension(found.Path).ToLowerInvariant();
                    others[extension] = others.GetValueOrDefault(extension) + 1;
                    continue;
                }

                isEmpty = false;
                // Names that are no text may look alike and be two files.
                if (found.Error is not null || seen.Add(StableHash.Of(Path.GetFullPath(found.Path))))
                {
                    yield return new ImageInput(index++, found.Path, found.Relative, found.Error)
                    {
                        IsPipe = found.Path == argument && FileKinds.Of(argument) == FileKind.Pipe,
                    };
                }
                else
                {
                    repeated++;
                }
            }

            if (isEmpty)
            {
                empty.Add(argument);
            }
        }

        // Where there is nothing at all, that is the error of the whole command.
        if (empty.Count > 0 && index > 0)
        {
            _notes.Add($"there is no image in {Describe(empty)}.");
        }

        if (repeated > 0)
        {
            _notes.Add($"{repeated} {(repeated == 1 ? "input was" : "inputs were")} named more than once, and count once.");
        }

        if (walker.PassedOver is { Count: > 0 } passedOver)
        {
            _notes.Add(
                $"{passedOver.Count} hidden or system {(passedOver.Count == 1 ? "folder was" : "folders were")} passed over: "
                + $"{Describe(passedOver)}.");
        }

        if (others.Count > 0)
        {
            int count = others.Values.Sum();
            _notes.Add(
                $"{count} {(count == 1 ? "file was" : "files were")} left out, in formats that are not read: "
                + $"{string.Join(", ", others.Select(pair => $"{pair.Value} {pair.Key}"))}. Convert them to PNG or JPEG.");
        }
    }

    /// <summary>The first few of many, as a shell's globs give them.</summary>
    private static string Describe(IReadOnlyList<string> arguments)
    {
        string first = string.Join(
            ", ",
            arguments.Take(MostDescribed).Select(static argument => argument == StandardInput ? "standard input" : $"'{argument}'"));
        return arguments.Count <= MostDescribed
            ? first
            : Invariant($"{first} and {arguments.Count - MostDescribed:N0} more");
    }

    private IEnumerable<FolderWalker.Found> List(string argument, FolderWalker walker, NamedFiles named)
    {
        if (argument == StandardInput)
        {
            return (nullSeparated ? ReadToNull() : ReadLines()).Select(named.Find);
        }

        // A file whose name has a wildcard in it is meant before a pattern is.
        if (File.Exists(argument) || UndecodableNames.IsIn(argument))
        {
            return [named.Find(argument)];
        }

        if (!Directory.Exists(argument) && GlobPattern.Parse(argument) is { } glob)
        {
            return walker.Walk(glob.Folder, glob.IsRecursive).Where(found => found.IsFolder
                || (glob.Matches(found.Relative) && (!glob.NamesAnyFile || IsImage(found))));
        }

        return walker.Walk(argument, recursive).Where(found => found.IsFolder || IsImage(found));

        static bool IsImage(FolderWalker.Found found) =>
            Path.GetFileName(found.Path) is var name && (ImageFiles.IsImageName(name) || ImageFiles.IsOtherImageName(name));
    }

    private IEnumerable<string> ReadLines()
    {
        SkipByteOrderMark();
        while (standardInput.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    private IEnumerable<string> ReadToNull()
    {
        SkipByteOrderMark();
        var path = new System.Text.StringBuilder();
        int character;
        do
        {
            character = standardInput.Read();
            if (character > 0)
            {
                path.Append((char)character);
            }
            else if (path.Length > 0)
            {
                yield return path.ToString();
                path.Clear();
            }
        }
        while (character >= 0);
    }

    /// <summary>Windows' programs begin a text with the mark, and it is no part of the first name.</summary>
    private void SkipByteOrderMark()
    {
        if (standardInput.Peek() == '\ufeff')
        {
            standardInput.Read();
        }
    }

    /// <summary>Files that were named one by one: their keys are relative to the folder of the first of them.</summary>
    private sealed class NamedFiles
    {
        private string? _folder;

        public FolderWalker.Found Find(string path)
        {
            if (path.Contains('\0'))
            {
                return new FolderWalker.Found(
                    path, path, "The name has NUL in it: a list that 'find -print0' wrote needs --null, and one in UTF-16 has to be saved as UTF-8.");
            }

            string full = Path.GetFullPath(path);
            _folder ??= Path.GetDirectoryName(full) ?? full;
            string key = Path.GetRelativePath(_folder, full).Replace(Path.DirectorySeparatorChar, '/');
            return new FolderWalker.Found(path, key, UndecodableNames.IsIn(path) ? UndecodableNames.Reason : null);
        }
    }
}

/// <summary>One picture to score, or a place that could not be listed.</summary>
/// <param name="Index">The position in the whole list of inputs, before it is cut into shards.</param>
/// <param name="Path">The path as the results show it: the argument, and what lies below it.</param>
/// <param name="Key">
/// What decides the shard and tells inputs apart from those of another run: the path below the folder that was named, or,
/// for a file that was named, from the folder of the first such file, so that it does not matter where a machine mounts the
/// folders; with <c>/</c> on every system.
/// </param>
/// <param name="Error">Why there is nothing to score; a folder that cannot be read, say.</param>
internal readonly record struct ImageInput(long Index, string Path, string Key, string? Error)
{
    /// <summary>Whether it is a pipe that the user named, which is read to its end.</summary>
    public bool IsPipe { get; init; }
}
