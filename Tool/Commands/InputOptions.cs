using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The arguments with which a command is told its pictures.</summary>
internal sealed class InputOptions
{
    private readonly Option<bool> _recursive = new("--recursive", "-r")
    {
        Description = "Search folders with their subfolders. Links are followed; each folder is listed once.",
    };

    private readonly Option<bool> _null = new("--null", "-0")
    {
        Description = "With '-': paths end in NUL instead of a line end, as 'find -print0' writes them.",
    };

    public InputOptions(Command command, bool required = true)
    {
        Paths = new Argument<string[]>("PATH")
        {
            Description = "Folders, image files, globs ('photos/**/*.jpg'), or - for a list on standard input.",
            Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        };
        command.Add(Paths);
        command.Add(_recursive);
        command.Add(_null);
    }

    public Argument<string[]> Paths { get; }

    /// <summary>The inputs that were named; where none were, <paramref name="fallback"/>.</summary>
    /// <exception cref="CommandException">A path does not exist.</exception>
    public ImageInputs Read(ParseResult parsed, Terminal terminal, string? fallback = null)
    {
        string[] paths = parsed.GetValue(Paths) ?? [];
        return Read(parsed, terminal, paths.Length == 0 && fallback is not null ? [fallback] : paths);
    }

    /// <summary>The inputs that paths name, listed as the options say.</summary>
    /// <exception cref="CommandException">A path does not exist.</exception>
    public ImageInputs Read(ParseResult parsed, Terminal terminal, IReadOnlyList<string> paths)
    {
        var inputs = new ImageInputs(paths, parsed.GetValue(_recursive), terminal.Input, parsed.GetValue(_null));
        inputs.Validate();
        return inputs;
    }

    /// <summary>Lists inputs at once, and says what was left out and why.</summary>
    public static ImageInput[] List(ImageInputs inputs, Terminal terminal)
    {
        ImageInput[] images = [.. inputs.Enumerate()];
        foreach (string note in inputs.Notes)
        {
            terminal.Note(TextCell.Printable(note));
        }

        return images;
    }
}
