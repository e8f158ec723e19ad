using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>A command with examples, which stand at the end of its help.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does; the first sentence stands in the list of commands.</param>
/// <param name="examples">Command lines that show its use, without the name of the tool.</param>
internal abstract class ToolCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that show its use.</summary>
    public IReadOnlyList<string> Examples { get; } = [.. examples.Select(static example => $"{MobileViTCommandLine.Name} {example}")];

    /// <summary>What a page says that it was made by.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, as it was named.</param>
    protected static ReportOrigin OriginOf(ParseResult parsed, string model) =>
        new(string.Join(' ', parsed.Tokens.Select(static token => ShellWord.Of(token.Value)).Prepend(MobileViTCommandLine.Name)), model);
}
