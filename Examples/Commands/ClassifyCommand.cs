using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Examples.Display;
using MlNetMobileViT.Examples.Inputs;
using MlNetMobileViT.Examples.Reports;
using MlNetMobileViT.Examples.Results;
using MlNetMobileViT.Examples.Scoring;

namespace MlNetMobileViT.Examples.Commands;

/// <summary><c>classify PATH…</c>: the most likely classes of every picture.</summary>
internal static class ClassifyCommand
{
    private const int SampleForWidths = 200;

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "classify", "Name what is in images. Without arguments: the embedded demo model on its samples.");
        InputOptions inputOptions = InputOptions.AddTo(command, required: false);
        ModelOptions modelOptions = ModelOptions.AddTo(command);
        var top = new Option<int>("--top", "-k")
        {
            Description = "How many classes to name for an image.",
            HelpName = "K",
            DefaultValueFactory = _ => 5,
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write the results to a file: .csv, .jsonl or .parquet.",
            HelpName = "FILE",
        };
        var report = new Option<string?>("--report")
        {
            Description = "Write a page with thumbnails, bars and the failures: one .html file that needs no network.",
            HelpName = "FILE.html",
        };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print no rows, only the summary." };
        command.Add(top);
        command.Add(output);
        command.Add(report);
        RunOptions runOptions = RunOptions.AddTo(command);
        command.Add(quiet);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            int k = parsed.GetValue(top);
            if (k < 1)
            {
                throw new CommandException($"--top {k}: name at least one class.");
            }

            ImageInputs inputs = inputOptions.Read(parsed, terminal, ModelSource.DemoSamples);
            var (resume, shard) = runOptions.Read(parsed, parsed.GetValue(output), parsed.GetValue(report));
            using MobileViTModel model = await modelOptions.LoadAsync(parsed, terminal, cancellationToken).ConfigureAwait(false);
            ModelSource.RequireClasses(model);
            k = Math.Min(k, model.Labels.Count);
            var scorer = new ImageScorer(model);
            PredictionLines? lines = null;
            return await new ScoringRun
            {
                Terminal = terminal,
                Inputs = inputs,
                Shard = shard,
                Output = parsed.GetValue(output),
                Report = parsed.GetValue(report),
                Resume = resume,
                Schema = new ResultSchema(ResultKind.Classes, k),
                Settings =
                [
                    ModelOptions.SettingOf(model),
                    new("top", k.ToString(CultureInfo.InvariantCulture)),
                ],
                Score = images => scorer.Classify(images, k),
                Show = row =>
                {
                    if (!parsed.GetValue(quiet))
                    {
                        lines ??= new PredictionLines(terminal, inputs.CommonFolder, SamplePaths(inputs, row), model.Labels, k);
                        lines.Write(row);
                    }
                },
                WriteReport = (path, rows) => ClassificationReport.WriteAsync(
                    path, $"Classes of {inputs.Description}", ModelSource.Describe(model), rows),
            }.RunAsync(cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static IEnumerable<string> SamplePaths(ImageInputs inputs, ResultRow first) => inputs.CanRepeat
        ? inputs.Copy().Enumerate().Take(SampleForWidths).Select(input => input.Path)
        : [first.Path];
}
