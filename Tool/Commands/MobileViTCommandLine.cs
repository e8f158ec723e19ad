using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetMobileViT.Tool;

/// <summary>The whole command line: parses, runs, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class MobileViTCommandLine
{
    /// <summary>The name of the tool, by which it is installed.</summary>
    public const string Name = "mobilevit";

    /// <summary>The commands.</summary>
    public static Command CreateRoot(Terminal terminal)
    {
        // Not a RootCommand, which has the name of the file that was started.
        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        var root = new Command(
            Name, "MobileViT for ML.NET: convert checkpoints; classify, featurize, train on and search folders of images.")
        {
            help,
            new VersionOption(),
            new ConvertCommand(terminal),
            new InspectCommand(terminal),
            new VerifyCommand(terminal),
            new QuantizeCommand(terminal),
            new ClassifyCommand(terminal),
            new ExplainCommand(terminal),
            new FeaturesCommand(terminal),
            new TrainCommand(terminal),
            new PredictCommand(terminal),
            new IndexCommand(terminal),
            new SimilarCommand(terminal),
            new EvaluateCommand(terminal),
            new MergeCommand(terminal),
            new DemoCommand(terminal),
        };
        root.SetAction(_ => WriteOverview(root, terminal.Output));
        return root;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Show where an error came from, with its stack trace.",
            Recursive = true,
        };
        Command root = CreateRoot(terminal);
        root.Add(verbose);
        ParseResult parsed = Arguments.Parse(root, arguments);
        if (Arguments.Problem(parsed) is { } problem)
        {
            terminal.Error.WriteLine($"error: {TextCell.Printable(problem)}");
            terminal.Error.WriteLine("Add --help to see what the command takes.");
            return ExitCodes.Unusable;
        }

        using var stopping = new StopSignals(
            () => terminal.Note("stopped without waiting for what did not answer. If there is an OUTPUT.partial, its rows go on with --resume."),
            ExitCodes.Stopped,
            cancellationToken);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            terminal.Note("stopped.");
            return ExitCodes.Stopped;
        }
        catch (Exception exception)
        {
            terminal.Error.WriteLine($"error: {TextCell.Printable(Describe(exception))}");
            if (parsed.GetValue(verbose))
            {
                terminal.Error.WriteLine(exception);
            }

            return ExitCodes.Unusable;
        }
    }

    /// <summary>What somebody reads who gave no command: which there are, and how to begin.</summary>
    private static void WriteOverview(Command root, TextWriter output)
    {
        int width = root.Subcommands.Max(static command => command.Name.Length);
        output.WriteLine("MobileViT for ML.NET. Commands:");
        foreach (Command command in root.Subcommands)
        {
            output.WriteLine($"  {command.Name.PadRight(width)}  {command.Description!.Split(". ")[0].TrimEnd('.')}");
        }

        output.WriteLine();
        output.WriteLine("To begin:");
        output.WriteLine($"  {Name} classify                      the demo model on its own samples");
        output.WriteLine($"  {Name} classify FOLDER --model xxs   a trained model on your images");
        output.WriteLine($"  {Name} COMMAND --help                what a command takes, with examples");
    }

    /// <summary>
    /// What a person reads of an exception, in one line: the message, without the parameter name that .NET appends, and with the
    /// type where it is unexpected.
    /// </summary>
    private static string Describe(Exception exception)
    {
        string message = exception.Message;
        if (exception is ArgumentException { ParamName: { } parameter })
        {
            message = message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal);
        }

        message = string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return exception is CommandException or ArgumentException or FormatException or IOException or InvalidDataException
            or UnauthorizedAccessException or HttpRequestException
            ? message
            : $"{exception.GetType().Name}: {message} (--verbose shows where.)";
    }
}
