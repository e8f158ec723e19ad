using MlNetMobileViT.Examples.Inputs;

namespace MlNetMobileViT.Examples.Results;

/// <summary>Checks where a command is asked to write, before it does any work: nothing that it reads may be written over.</summary>
internal static class OutputPaths
{
    /// <summary>Checks the files that a command writes.</summary>
    /// <param name="output">The result, or null.</param>
    /// <param name="report">The page, or null.</param>
    /// <param name="read">The files that the command reads: a model, labels, an image to compare with.</param>
    /// <exception cref="CommandException">One cannot be written, or is read.</exception>
    public static void Require(string? output, string? report, params IEnumerable<string?> read)
    {
        if (report is not null)
        {
            RequireExtension(report, "--report", ".html", ".htm");
        }

        string[] written = [.. new[] { output, report }.OfType<string>()];
        foreach (string path in written)
        {
            AtomicFile.RequireWritable(path);
        }

        string[] files = [.. read.OfType<string>().Where(File.Exists).Select(RealPath.Of)];
        foreach (string path in written)
        {
            if (files.Contains(RealPath.Of(path)))
            {
                throw new CommandException($"'{path}' is read by this command; write to another file.");
            }
        }
    }

    /// <summary>Checks that a file that would be written is not an image that is about to be read.</summary>
    public static void RequireOther(string image, params IEnumerable<string?> written)
    {
        // Names first: resolving the links of a hundred thousand paths takes time.
        string? same = written.OfType<string>().FirstOrDefault(path =>
            Path.GetFileName(path) == Path.GetFileName(image) && RealPath.Of(path) == RealPath.Of(image));
        if (same is not null)
        {
            throw new CommandException($"'{same}' is one of the inputs; write to another file.");
        }
    }

    /// <summary>Checks that a file is called what it will be.</summary>
    public static void RequireExtension(string path, string option, params string[] extensions)
    {
        if (!extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            throw new CommandException($"{option} '{path}': name a file that ends in {extensions[0]}.");
        }
    }
}
