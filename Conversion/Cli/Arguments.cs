using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlNetMobileViT.Conversion.Cli;

/// <summary>What the command lines of this project have in common: how arguments are read, and what is said of wrong ones.</summary>
internal static class Arguments
{
    private static readonly Type[] WholeNumbers = [typeof(int), typeof(int?)];
    private static readonly Type[] Numbers = [.. WholeNumbers, typeof(float)];

    /// <summary>Reads the arguments. A path may begin with '@': there are no response files.</summary>
    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> arguments)
    {
        foreach (Command command in root.Subcommands)
        {
            foreach (Option option in command.Options)
            {
                option.Validators.Add(result => RequireText(result, option.Name));
            }

            foreach (Argument argument in command.Arguments)
            {
                argument.Validators.Add(result => RequireText(result, argument.Name));
                argument.Validators.Add(RequireNoOption);
            }
        }

        return root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    /// <summary>What is wrong with the arguments, in a sentence; null if nothing is.</summary>
    public static string? Problem(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return null;
        }

        // A mistyped command is reported after the complaint that there is none, and before what follows it.
        if (parsed.CommandResult.Command is RootCommand && parsed.UnmatchedTokens.Count > 0)
        {
            return $"There is no command '{parsed.UnmatchedTokens[0]}'.";
        }

        ParseError error = parsed.Errors[^1];
        return error.SymbolResult is OptionResult { Option: var option, Tokens: [var token] }
            && Numbers.Contains(option.ValueType)
                ? $"{option.Name} takes a {(WholeNumbers.Contains(option.ValueType) ? "whole number" : "number")}, and '{token.Value}' is none."
                : error.Message;
    }

    // An unset variable of a script arrives as an empty argument.
    private static void RequireText(SymbolResult result, string name)
    {
        if (result.Tokens.Any(static token => token.Value.Length == 0))
        {
            result.AddError($"The value of {name} is empty.");
        }
    }

    // What is not a known option is taken for an argument.
    private static void RequireNoOption(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(static token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } token
            && !Path.Exists(token.Value))
        {
            result.AddError($"There is no option '{token.Value}', and no file or folder of that name.");
        }
    }
}
