using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The options of a run over many pictures.</summary>
internal sealed class RunOptions
{
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on with a run that was stopped or killed; nothing is scored twice.",
    };

    private readonly Option<string?> _shard = new("--shard")
    {
        Description = "Score the I-th of N parts (I from 1 to N), chosen by a hash of the path below PATH. 'merge' joins them.",
        HelpName = "I/N",
    };

    public RunOptions(Command command)
    {
        command.Add(_resume);
        command.Add(_shard);
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandException">They do not fit the output.</exception>
    public (bool Resume, Shard Shard) Read(ParseResult parsed, string? output, string? report)
    {
        bool resume = parsed.GetValue(_resume);
        if (resume && output is null && report is null)
        {
            throw new CommandException("--resume needs the --output (or --report) of the run that was stopped.");
        }

        if (parsed.GetValue(_shard) is not { } text)
        {
            return (resume, Shard.Whole);
        }

        return output is not null
            ? (resume, Shard.Parse(text))
            : throw new CommandException("--shard needs an --output, for 'merge' to join.");
    }
}
