using System.CommandLine;
using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that name classes.</summary>
internal sealed class ClassOptions
{
    private const int SampleForWidths = 200;

    private readonly Option<int> _top = new("--top", "-k")
    {
        Description = "How many classes to name for an image.",
        HelpName = "K",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write the results to a file: .csv, .jsonl or .parquet.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _index = new("--class-index")
    {
        Description = "In --output, a column with the index of each class among the model's, from 0, behind its label.",
    };

    private readonly Option<string?> _report = new("--report")
    {
        Description = "Write a page with thumbnails, bars and the failures: one .html file that needs no network.",
        HelpName = "FILE.html",
    };

    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print no rows, only the summary." };

    private readonly CsvOptions _csv;

    public ClassOptions(Command command)
    {
        command.Add(_top);
        command.Add(_output);
        _csv = new CsvOptions(command);
        command.Add(_index);
        command.Add(_report);
        command.Add(_quiet);
    }

    public string? OutputOf(ParseResult parsed) => parsed.GetValue(_output);

    /// <exception cref="CommandException">A style is asked for, and the output is not CSV.</exception>
    public CsvStyle CsvOf(ParseResult parsed) => _csv.Read(parsed, OutputOf(parsed));

    public string? ReportOf(ParseResult parsed) => parsed.GetValue(_report);

    /// <exception cref="CommandException">The number is less than 1.</exception>
    public int TopOf(ParseResult parsed)
    {
        int top = parsed.GetValue(_top);
        return top >= 1 ? top : throw new CommandException($"--top {top}: name at least one class.");
    }

    /// <summary>The columns of the results.</summary>
    /// <exception cref="CommandException">Indexes are asked for, and there is no output.</exception>
    public ResultSchema SchemaOf(ParseResult parsed, int top)
    {
        bool hasIndexes = parsed.GetValue(_index);
        return hasIndexes && OutputOf(parsed) is null
            ? throw new CommandException($"{_index.Name} needs an --output, which gets the column.")
            : new ResultSchema(ResultKind.Classes, top, hasIndexes);
    }

    /// <summary>What the columns depend on, for the settings of a run.</summary>
    public IEnumerable<KeyValuePair<string, string>> SettingsOf(ParseResult parsed, int top)
    {
        yield return new("top", top.ToString(CultureInfo.InvariantCulture));
        if (parsed.GetValue(_index))
        {
            yield return new("class-index", "yes");
        }
    }

    /// <summary>Prints rows as they come, unless that is not wanted, and counts which are right.</summary>
    public Action<ResultRow> Lines(
        ParseResult parsed, Terminal terminal, ImageInputs inputs, IReadOnlyList<string> labels, int top, TruthCount? truth)
    {
        if (parsed.GetValue(_quiet))
        {
            return truth is null ? static _ => { } : truth.Add;
        }

        PredictionLines? lines = null;
        return row =>
        {
            lines ??= new PredictionLines(
                terminal, inputs.CommonFolder, SamplePaths(inputs, row), labels, top, truth is null ? null : truth.Of);
            lines.Write(row);
            truth?.Add(row);
        };
    }

    private static IEnumerable<string> SamplePaths(ImageInputs inputs, ResultRow first) => inputs.CanRepeat
        ? inputs.Copy().Enumerate().Take(SampleForWidths).Select(input => input.Path)
        : [first.Path];
}
