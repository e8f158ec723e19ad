using CsvHelper;
using MlNetMobileViT.Examples.Inputs;

namespace MlNetMobileViT.Examples.Training;

/// <summary>Pictures and the names of their classes.</summary>
/// <param name="Images">The pictures, in a stable order.</param>
/// <param name="Labels">The class of each.</param>
internal sealed record LabeledImages(IReadOnlyList<ImageInput> Images, IReadOnlyList<string> Labels)
{
    /// <summary>Reads a folder with a subfolder for each class.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="note">Told about what is left out.</param>
    /// <exception cref="CommandException">There are no classes in it.</exception>
    public static LabeledImages FromFolders(string folder, Action<string> note)
    {
        ImageInput[] all = Enumerate(folder, note);
        ImageInput[] inside = [.. all.Where(image => image.Key.Contains('/'))];
        string[] classes = [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        foreach (string empty in classes.Except(inside.Select(ClassOf)).Where(name => !name.StartsWith('.')))
        {
            note($"the class folder '{empty}' has no images and is left out.");
        }

        if (inside.Length == 0)
        {
            throw new CommandException(
                $"'{folder}' has no subfolders with images: it should have one for each class, named after it.");
        }

        if (inside.Length < all.Length)
        {
            note($"{all.Length - inside.Length} images are in '{folder}' itself, in no class, and are left out.");
        }

        return new LabeledImages(inside, [.. inside.Select(ClassOf)]);

        static string ClassOf(ImageInput image) => image.Key[..image.Key.IndexOf('/')];
    }

    /// <summary>Reads a flat folder with a file of labels.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="labelFile">
    /// A CSV file with the columns <c>file</c> and <c>label</c>, or lines of a file name, a space and a label.
    /// </param>
    /// <param name="note">Told about what is left out.</param>
    /// <exception cref="CommandException">The file does not name an image of the folder.</exception>
    public static LabeledImages FromFile(string folder, string labelFile, Action<string> note)
    {
        if (!File.Exists(labelFile))
        {
            throw new CommandException($"There is no label file '{labelFile}'. Check the path.");
        }

        Dictionary<string, string> labels = Path.GetExtension(labelFile).Equals(".csv", StringComparison.OrdinalIgnoreCase)
            ? ReadCsv(labelFile)
            : ReadLines(labelFile);
        ImageInput[] all = Enumerate(folder, note);
        ImageInput[] labeled = [.. all.Where(image => labels.ContainsKey(image.Key))];
        if (labeled.Length == 0)
        {
            throw new CommandException(
                $"'{labelFile}' has no label for any image of '{folder}'; the first image there is '{all[0].Key}'.");
        }

        if (labeled.Length < all.Length)
        {
            note($"{all.Length - labeled.Length} images have no label in '{labelFile}' and are left out.");
        }

        if (labeled.Length < labels.Count)
        {
            note($"{labels.Count - labeled.Length} labels of '{labelFile}' are for images that are not in '{folder}'.");
        }

        return new LabeledImages(labeled, [.. labeled.Select(image => labels[image.Key])]);
    }

    private static ImageInput[] Enumerate(string folder, Action<string> note)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"There is no folder '{folder}'. Check the path.");
        }

        var inputs = new ImageInputs([folder], recursive: true, TextReader.Null);
        ImageInput[] all = [.. inputs.Enumerate()];
        foreach (string text in inputs.Notes)
        {
            note(text);
        }

        return all.Length > 0 ? all : throw new CommandException($"There is no image in '{folder}' or its subfolders.");
    }

    private static Dictionary<string, string> ReadCsv(string path)
    {
        using CsvReader reader = CsvReader.FromFile(path, new CsvReaderOptions());
        reader.ReadHeader();
        string[] names = [.. reader.Headers];
        int file = Array.IndexOf(names, "file");
        int label = Array.IndexOf(names, "label");
        if (file < 0 || label < 0)
        {
            throw new CommandException($"'{path}' should have the columns 'file' and 'label'; it has {string.Join(", ", names)}.");
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            labels[reader.GetString(file)] = reader.GetString(label);
        }

        return labels;
    }

    private static Dictionary<string, string> ReadLines(string path)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            int space = text.AsSpan().IndexOfAny(' ', '\t');
            if (text.Length == 0)
            {
                continue;
            }

            labels[space > 0
                ? text[..space]
                : throw new CommandException($"'{path}', line {number}: there should be a file name, a space and a label.")]
                = text[space..].Trim();
        }

        return labels;
    }
}
