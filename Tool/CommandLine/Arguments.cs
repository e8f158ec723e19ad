using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlNetMobileViT.Tool;

/// <summary>What the command lines of this project have in common: how arguments are read, and what is said of wrong ones.</summary>
internal static class Arguments
{
    private static readonly char[] Wildcards = ['*', '?', '['];

    /// <summary>Reads the arguments. A path may begin with '@': there are no response files.</summary>
    public static ParseResult Parse(Command root, IReadOnlyList<string> arguments) =>
        root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>What is wrong with the arguments, in a sentence; null if nothing is.</summary>
    public static string? Problem(ParseResult parsed)
    {
        // What is not a known option is taken for an argument, or left over.
        IEnumerable<string> given = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(static result => result.Tokens).Select(static token => token.Value).Concat(parsed.UnmatchedTokens);
        bool isEscaped = parsed.Tokens.Any(static token => token.Type == TokenType.DoubleDash);
        if (!isEscaped && given.FirstOrDefault(IsUnknownOption) is { } unknown)
        {
            string name = unknown.Split('=')[0];
            return $"There is no option '{name}', and no file or folder of that name{NearNames.EndOfSentence(name, OptionsOf(parsed))}";
        }

        // A mistyped command is reported after the complaint that there is none, and before what follows it.
        if (parsed.CommandResult.Parent is null && parsed.UnmatchedTokens.Count > 0)
        {
            string name = parsed.UnmatchedTokens[0];
            IEnumerable<string> commands = parsed.CommandResult.Command.Subcommands.Select(static command => command.Name);
            return $"There is no command '{name}'{NearNames.EndOfSentence(name, commands)}";
        }

        // An unset variable of a script arrives as an empty argument.
        if (parsed.CommandResult.Children.FirstOrDefault(static result => result.Tokens.Any(static token => token.Value.Length == 0))
            is { } empty)
        {
            return $"The value of {NameOf(empty)} is empty.";
        }

        return parsed.Errors.Count == 0 ? null : Explain(parsed.Errors[0]);
    }

    private static string Explain(ParseError error)
    {
        if (error.SymbolResult is OptionResult { Option: var option, Tokens: [var token] })
        {
            Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            if (type == typeof(int))
            {
                return $"{option.Name} takes a whole number up to {int.MaxValue}, not '{token.Value}'.";
            }

            if (type == typeof(float))
            {
                return $"{option.Name} takes a number, not '{token.Value}'.";
            }
        }

        return error.Message;
    }

    private static bool IsUnknownOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal)
        && argument.IndexOfAny(Wildcards) < 0
        && !Path.Exists(argument);

    private static IEnumerable<string> OptionsOf(ParseResult parsed) => parsed.CommandResult.Command.Options
        .Concat(parsed.RootCommandResult.Command.Options.Where(static option => option.Recursive))
        .Select(static option => option.Name);

    private static string NameOf(SymbolResult result) => result switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => argument.Argument.Name,
        _ => "an argument",
    };
}

/// <summary>An option with a value.</summary>
internal sealed class ValueOption<T> : Option<T>
{
    /// <param name="name">Its name.</param>
    /// <param name="helpName">What the usage calls the value.</param>
    /// <param name="description">What it is for.</param>
    public ValueOption(string name, string helpName, string description)
        : base(name)
    {
        HelpName = helpName;
        Description = description;
    }
}
