using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that measure how good predictions are.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string?> _output;

    private readonly Option<int> _top = new("--top", "-k")
    {
        Description = "The k of the top-k accuracy.",
        HelpName = "K",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<string?> _report = new("--report")
    {
        Description = "Write a page with the confusion matrix, the calibration and all images, the most confident mistakes first: one "
            + ".html file that needs no network.",
        HelpName = "FILE.html",
    };

    private readonly Option<string?> _metrics = new("--metrics")
    {
        Description = "Write all that was measured, for programs: a .json file.",
        HelpName = "FILE.json",
    };

    private readonly CsvOptions _csv;

    /// <param name="command">The command.</param>
    /// <param name="output">The names of the option for the predictions.</param>
    public EvaluationOptions(Command command, params string[] output)
    {
        _output = new Option<string?>(output[0], [.. output.Skip(1)])
        {
            Description = "Write what was predicted of each image: path, error, truth, prediction, probability, rank of the truth and "
                + "whether it is correct; .csv, .jsonl or .parquet.",
            HelpName = "FILE",
        };
        command.Add(_top);
        command.Add(_output);
        _csv = new CsvOptions(command);
        command.Add(_metrics);
        command.Add(_report);
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandException">They make no sense.</exception>
    public EvaluationTargets Read(ParseResult parsed)
    {
        int top = parsed.GetValue(_top);
        if (top < 1)
        {
            throw new CommandException($"--top {top}: give at least 1.");
        }

        string? output = parsed.GetValue(_output);
        if (output is not null)
        {
            _ = ResultFormat.Of(output, ResultKind.Evaluation);
        }

        string? metrics = parsed.GetValue(_metrics);
        if (metrics is not null)
        {
            OutputPaths.RequireExtension(metrics, "--metrics", ".json");
        }

        return new EvaluationTargets(top, output, _csv.Read(parsed, output), metrics, parsed.GetValue(_report));
    }
}

/// <summary>What is asked for about predictions.</summary>
/// <param name="Top">The k of top-k.</param>
/// <param name="Output">The file of the predictions, or null.</param>
/// <param name="Csv">How it is written where it is CSV.</param>
/// <param name="Metrics">The file of what was measured, or null.</param>
/// <param name="Report">The page, or null.</param>
internal sealed record EvaluationTargets(int Top, string? Output, CsvStyle Csv, string? Metrics, string? Report)
{
    /// <summary>The files that are asked for.</summary>
    public IEnumerable<string?> Files => [Output, Metrics, Report];

    /// <summary>Writes the predictions, the metrics and the page where they are asked for.</summary>
    public async Task WriteAsync(
        Terminal terminal,
        Evaluation evaluation,
        ReportOrigin origin,
        Func<string, Task> writeReport,
        CancellationToken cancellationToken,
        TrainingResult? training = null)
    {
        if (Output is not null)
        {
            await evaluation.WriteAsync(Output, Csv, cancellationToken).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(Output)}");
        }

        if (Metrics is not null)
        {
            await MetricsFile.WriteAsync(Metrics, origin.Command, origin.Model, evaluation, Top, training).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(Metrics)}");
        }

        if (Report is not null)
        {
            await writeReport(Report).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(Report)}");
        }
    }
}
