using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The whole command line: parses, runs, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class MobileViTCommandLine
{
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
        var root = new RootCommand("MobileViT for ML.NET: convert checkpoints; classify, featurize, train on and search folders of images.")
        {
            verbose,
            new ConvertCommand(terminal),
            new InspectCommand(terminal),
            new VerifyCommand(terminal),
            ClassifyCommand.Create(terminal),
            FeaturesCommand.Create(terminal),
            TrainCommand.Create(terminal),
            PredictCommand.Create(terminal),
            SimilarCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            MergeCommand.Create(terminal),
            DemoCommand.Create(terminal),
        };
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
