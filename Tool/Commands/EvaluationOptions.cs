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

        return new EvaluationTargets(top, output, _csv.Read(parsed, output), parsed.GetValue(_report));
    }
}

/// <summary>What is asked for about predictions.</summary>
/// <param name="Top">The k of top-k.</param>
/// <param name="Output">The file of the predictions, or null.</param>
/// <param name="Csv">How it is written where it is CSV.</param>
/// <param name="Report">The page, or null.</param>
internal sealed record EvaluationTargets(int Top, string? Output, CsvStyle Csv, string? Report)
{
    /// <summary>Writes the predictions and the page where they are asked for.</summary>
    public async Task WriteAsync(
        Terminal terminal, Evaluation evaluation, Func<string, Task> writeReport, CancellationToken cancellationToken)
    {
        if (Output is not null)
        {
            await evaluation.WriteAsync(Output, Csv, cancellationToken).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(Output)}");
        }

        if (Report is not null)
        {
            await writeReport(Report).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(Report)}");
        }
    }
}
