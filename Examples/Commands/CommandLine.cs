using System.CommandLine;
using MlNetMobileViT.Examples.Display;

namespace MlNetMobileViT.Examples.Commands;

/// <summary>The whole command line: parses, runs, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan PatienceAfterCtrlC = TimeSpan.FromSeconds(30);

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
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // A mistyped command is reported last, after the complaint that there is none.
            terminal.Error.WriteLine($"error: {TextCell.Printable(parsed.Errors[^1].Message)}");
            terminal.Error.WriteLine("Add --help to see what the command takes.");
            return ExitCodes.Unusable;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = PatienceAfterCtrlC,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Note("stopped.");
            return ExitCodes.Stopped;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
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
