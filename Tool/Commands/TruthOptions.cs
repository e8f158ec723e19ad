using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The option with which predictions are marked right or wrong.</summary>
internal sealed class TruthOptions
{
    private const string Folders = "folders";

    private readonly Option<string?> _truth = new("--truth")
    {
        Description = $"Mark what is right and wrong, on the screen and the page: with '{Folders}', the folder has a subfolder for each class, "
            + "named by label, WordNet id or index. ('evaluate' measures.)",
        HelpName = Folders,
    };

    public TruthOptions(Command command) => command.Add(_truth);

    /// <summary>Reads the option.</summary>
    /// <returns>How many were right of how many; null where nobody asked.</returns>
    /// <exception cref="CommandException">The inputs are not one folder.</exception>
    public TruthCount? Read(ParseResult parsed, ImageInputs inputs, IReadOnlyList<string> labels)
    {
        if (parsed.GetValue(_truth) is not { } given)
        {
            return null;
        }

        if (given != Folders)
        {
            throw new CommandException($"--truth takes {Folders}, not '{given}'.");
        }

        return inputs.CommonFolder.Length > 0
            ? new TruthCount(new FolderTruth(inputs.CommonFolder, labels))
            : throw new CommandException($"--truth {Folders} needs one folder, with a subfolder for each class; there is {inputs.Description}.");
    }
}

/// <summary>Counts how many predictions of a run were right.</summary>
/// <param name="truth">What is on the pictures.</param>
internal sealed class TruthCount(FolderTruth truth)
{
    private long _labeled;
    private long _right;

    /// <summary>The class of a picture; null where it is not known.</summary>
    public string? Of(string path) => truth.Of(path);

    /// <summary>Counts a row.</summary>
    public void Add(ResultRow row)
    {
        if (row.Error is null && Of(row.Path) is { } label)
        {
            _labeled++;
            _right += label == row.Labels[0] ? 1 : 0;
        }
    }

    /// <summary>Says how many were right, of those that this run scored, and which folders are no classes.</summary>
    public void Write(Terminal terminal)
    {
        if (_labeled > 0)
        {
            terminal.WriteLine(Invariant(
                $"right: {_right:N0} of {_labeled:N0} scored ({ModelSummary.Percent((double)_right / _labeled)})"));
        }

        string[] unknown = [.. truth.Unknown.Order(StringComparer.Ordinal).Select(TextCell.Printable)];
        if (unknown.Length > 0)
        {
            terminal.Note($"the model has no class of these folders' names, so nothing in them is marked: {ModelSummary.Names(unknown)}.");
        }
    }
}
