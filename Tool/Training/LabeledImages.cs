using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Pictures and the names of their classes.</summary>
/// <param name="Images">The pictures, in a stable order.</param>
/// <param name="Labels">The class of each.</param>
internal sealed record LabeledImages(IReadOnlyList<ImageInput> Images, IReadOnlyList<string> Labels)
{
    private const int MostNamed = 3;

    /// <summary>Where the class of a picture is said: a line of a file, or the name of a folder.</summary>
    public required Func<int, string> Source { get; init; }

    /// <summary>Reads a folder with a subfolder for each class.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="note">Told about what is left out.</param>
    /// <param name="orElse">A sentence about what else can be done where there are no subfolders.</param>
    /// <exception cref="CommandException">There are no classes in it.</exception>
    public static LabeledImages FromFolders(string folder, Action<string> note, string? orElse = null)
    {
        ImageInput[] all = Enumerate(folder, note);
        // A folder that cannot be read is a class too, of one input that failed.
        ImageInput[] inside = [.. all.Where(image => image.Key.Contains('/') || Directory.Exists(image.Path))];
        string[] empty =
        [
            .. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Where(name => !SystemFolders.IsSystem(name))
                .Order(StringComparer.Ordinal).Except(inside.Select(ClassOf)),
        ];
        foreach (string name in empty)
        {
            note($"the class folder '{name}' has no images and is left out.");
        }

        if (inside.Length == 0)
        {
            throw new CommandException(
                $"'{folder}' has no subfolders with images: it should have one for each class, named after it."
                + (orElse is null ? "" : $" {orElse}"));
        }

        if (inside.Length < all.Length)
        {
            note($"{all.Length - inside.Length} images are in '{folder}' itself, in no class, and are left out.");
        }

        return new LabeledImages(inside, [.. inside.Select(ClassOf)]) { Source = i => $"the folder '{ClassOf(inside[i])}'" };

        static string ClassOf(ImageInput image) => image.Key.Split('/')[0];
    }

    /// <summary>Reads a flat folder with a file of labels.</summary>
    /// <remarks>
    /// A name of the file is that of a picture where it equals the path below the folder; else where both are the same
    /// <see cref="PlainName"/>, and only one picture has it.
    /// </remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="labelFile">The file; see <see cref="ImageLabelFile"/>.</param>
    /// <param name="note">Told about what is left out.</param>
    /// <exception cref="CommandException">
    /// The file is not understood, names no image of the folder, or gives an image two labels.
    /// </exception>
    public static LabeledImages FromFile(string folder, string labelFile, Action<string> note)
    {
        IReadOnlyList<ImageLabelFile.Entry> entries = ImageLabelFile.Read(labelFile);
        ImageInput[] all = Enumerate(folder, note);
        foreach (ImageInput unreadable in all.Where(image => image.Error is not null))
        {
            note($"'{unreadable.Path}': {unreadable.Error}");
        }

        all = [.. all.Where(image => image.Error is null)];
        var byKey = Enumerable.Range(0, all.Length).ToDictionary(i => all[i].Key, StringComparer.Ordinal);
        ILookup<string, int> byName = Enumerable.Range(0, all.Length).ToLookup(i => PlainName(all[i].Key), StringComparer.Ordinal);
        var given = new ImageLabelFile.Entry?[all.Length];
        var unknown = new List<string>();
        var repeated = new List<string>();
        foreach (ImageLabelFile.Entry entry in entries)
        {
            int[] named = byKey.TryGetValue(entry.Name, out int exact) ? [exact] : [.. byName[PlainName(entry.Name)]];
            if (named.Length == 0)
            {
                unknown.Add($"'{entry.Name}' in line {entry.Line}");
                continue;
            }

            if (named.Length > 1)
            {
                throw new CommandException(
                    $"'{labelFile}', line {entry.Line}: '{entry.Name}' may be any of {named.Length} images whose names differ only in "
                    + "how they are written (composed or decomposed accents, / or \\). Write the name as the folder has it.");
            }

            if (given[named[0]] is { } before)
            {
                repeated.Add(before.Label == entry.Label
                    ? $"'{entry.Name}' in lines {before.Line} and {entry.Line}"
                    : throw new CommandException(
                        $"'{labelFile}', line {entry.Line}: '{entry.Name}' is '{entry.Label}' here and '{before.Label}' in line "
                        + $"{before.Line}. Remove the line that is wrong."));
                continue;
            }

            given[named[0]] = entry;
        }

        int[] labeled = [.. Enumerable.Range(0, all.Length).Where(i => given[i] is not null)];
        if (labeled.Length == 0)
        {
            throw new CommandException(
                $"'{labelFile}' has no label for any image of '{folder}'; it names "
                + $"{(entries.Count == 0 ? "nothing" : $"'{entries[0].Name}'")}, and the first image there is "
                + $"'{all.Select(image => image.Key).FirstOrDefault("none")}'.");
        }

        string[] unlabeled = [.. Enumerable.Range(0, all.Length).Where(i => given[i] is null).Select(i => $"'{all[i].Key}'")];
        NoteSome(unlabeled, $"image has no label in '{labelFile}' and is", $"images have no label in '{labelFile}' and are", "left out");
        NoteSome(unknown, "name", "names", $"in '{labelFile}' without an image in '{folder}'");
        NoteSome(repeated, "name stands", "names stand", $"more than once in '{labelFile}' with the same label, which counts once");
        return new LabeledImages([.. labeled.Select(i => all[i])], [.. labeled.Select(i => given[i]!.Value.Label)])
        {
            Source = i => $"'{labelFile}', line {given[labeled[i]]!.Value.Line}",
        };

        void NoteSome(IReadOnlyList<string> some, string one, string many, string what)
        {
            if (some.Count > 0)
            {
                note($"{Count(some.Count, one, many)} {what}: {First(some)}.");
            }
        }
    }

    /// <summary>
    /// A name below a folder as different systems write it: <c>/</c> between folders, no <c>./</c> before it, and accents taken apart.
    /// </summary>
    public static string PlainName(string name)
    {
        string plain = name.Replace('\\', '/');
        while (plain.StartsWith("./", StringComparison.Ordinal))
        {
            plain = plain[2..].TrimStart('/');
        }

        return DecomposedText.Of(plain);
    }

    private static ImageInput[] Enumerate(string folder, Action<string> note)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"There is no folder '{folder}'. Check the path.");
        }

        var inputs = new ImageInputs([folder], recursive: true, TextReader.Null);
        ImageInput[] listed = [.. inputs.Enumerate()];
        foreach (string text in inputs.Notes)
        {
            note(text);
        }

        if (listed is [{ Key: "", Error: { } reason }])
        {
            throw new CommandException($"'{folder}': {reason}");
        }

        return listed.Length > 0 ? listed : throw new CommandException($"There is no image in '{folder}' or its subfolders.");
    }

    private static string Count(int count, string one, string many) => Invariant($"{count:N0} {(count == 1 ? one : many)}");

    private static string First(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed).Select(TextCell.Printable)) + (names.Count > MostNamed ? ", …" : "");
}
