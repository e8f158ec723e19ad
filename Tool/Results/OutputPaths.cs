using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Where a command writes. Nothing that it reads may be written over; that is checked before it does any work.</summary>
internal sealed class OutputPaths
{
    private readonly (string Path, string Real)[] _written;

    private OutputPaths(IEnumerable<string> written) =>
        _written = [.. written.Select(path => (path, RealPath.Of(path)))];

    /// <summary>Checks the files that a command writes.</summary>
    /// <param name="output">The result, or null.</param>
    /// <param name="report">The page, or null.</param>
    /// <param name="read">The files that the command reads: a model, labels, an image to compare with.</param>
    /// <exception cref="CommandException">One cannot be written, or is read.</exception>
    public static OutputPaths Require(string? output, string? report, params IEnumerable<string?> read) =>
        Require([output, report], report, read);

    /// <summary>Checks the files that a run over many images writes: its rows and what says what made them, too.</summary>
    /// <inheritdoc cref="Require(string, string, IEnumerable{string})"/>
    public static OutputPaths RequireOfRun(string? output, string? report, params IEnumerable<string?> read)
    {
        string? target = output ?? report;
        string? journal = target is null ? null : ResultJournal.PathFor(target);
        string? manifest = output is null ? null : RunManifest.PathFor(output);
        string? beside = output is null ? null : ResultFormat.BesideOf(output);
        return Require([output, report, journal, manifest, beside], report, read);
    }

    /// <summary>Checks the files that joining shards writes.</summary>
    /// <inheritdoc cref="Require(IEnumerable{string}, string, IEnumerable{string})"/>
    public static OutputPaths RequireOfMerge(string output, IEnumerable<string?> read) =>
        Require([output, ResultFormat.BesideOf(output)], report: null, read);

    /// <summary>Checks the files that a command writes.</summary>
    /// <param name="write">All of them; what is null is not asked for.</param>
    /// <param name="report">The one that is a page, or null.</param>
    /// <param name="read">The files that the command reads.</param>
    /// <exception cref="CommandException">One cannot be written, or is read.</exception>
    public static OutputPaths Require(IEnumerable<string?> write, string? report, IEnumerable<string?> read)
    {
        if (report is not null)
        {
            RequireExtension(report, "--report", ".html", ".htm");
        }

        var paths = new OutputPaths(write.OfType<string>());
        foreach (var (path, _) in paths._written)
        {
            RequireWritable(path);
        }

        foreach (string file in read.OfType<string>().Where(File.Exists))
        {
            if (Array.Find(paths._written, written => RealPath.AreSame(written.Path, file)).Path is { } same)
            {
                throw new CommandException($"'{same}' is read by this command; write to another file.");
            }
        }

        return paths;
    }

    /// <summary>Checks that an image that is about to be read is not a file that will be written.</summary>
    /// <exception cref="CommandException">It is.</exception>
    public void RequireOther(string image)
    {
        if (_written.Length == 0)
        {
            return;
        }

        // Names first: resolving the links of a hundred thousand paths takes time. Only a link at the end changes the name.
        string name = Path.GetFileName(RealPath.BehindLink(image));
        foreach (var (path, real) in _written)
        {
            if (RealPath.FoldedEquals(name, Path.GetFileName(real)) && RealPath.AreSame(path, image))
            {
                throw new CommandException($"'{path}' is one of the inputs; write to another file.");
            }
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

    private static void RequireWritable(string path)
    {
        try
        {
            AtomicFile.RequireWritable(path);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(exception.Message, exception);
        }
    }
}
