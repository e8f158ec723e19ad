using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Examples;

/// <summary>The whole command line: parses, runs, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class CommandLine
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
        var root = new RootCommand("MobileViT for ML.NET: classify, featurize, train on and search folders of images.")
        {
            verbose,
            ClassifyCommand.Create(terminal),
            FeaturesCommand.Create(terminal),
            TrainCommand.Create(terminal),
            PredictCommand.Create(terminal),
            SimilarCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            MergeCommand.Create(terminal),
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
            terminal.Error.WriteLine($"error: {TextCell.Printable(exception.Message)}");
            if (parsed.GetValue(verbose))
            {
                terminal.Error.WriteLine(exception);
            }

            return ExitCodes.Unusable;
        }
    }
}
