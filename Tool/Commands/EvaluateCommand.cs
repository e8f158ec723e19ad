using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary><c>evaluate FOLDER</c>: how often a model is right on labelled pictures.</summary>
internal sealed class EvaluateCommand : ToolCommand
{
    private const int Top = 5;

    public EvaluateCommand(Terminal terminal)
        : base(
            "evaluate",
            "Measure top-1 and top-5 on labelled images. They are "
                + "in a folder with a subfolder for each class, or in a flat folder with --labels.",
            "evaluate imagenet/val --model xxs --report evaluation.html",
            "evaluate imagenet/val --labels labels.csv --model xxs")
    {
        var folder = new Argument<string>("FOLDER")
        {
            Description = "The images. Subfolders are named by label, by WordNet id or by the index of the class; hidden ones and a "
                + "system's own are left out.",
        };
        Add(folder);
        var modelOptions = new ModelOptions(this);
        var scoringOptions = new ScoringOptions(this);
        var labelFile = new Option<string?>("--labels")
        {
            Description = $"The labels of a flat folder: {ImageLabelFile.Rules}",
            HelpName = "FILE",
        };
        var report = new Option<string?>("--report")
        {
            Description = "Write a page with the confusion matrix and the most confused images.",
            HelpName = "FILE.html",
        };
        Add(labelFile);
        Add(report);
        SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(folder);
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            OutputPaths.Require(output: null, parsed.GetValue(report), parsed.GetValue(labelFile), modelOptions.NameOf(parsed));
            var images = parsed.GetValue(labelFile) is { } file
                ? LabeledImages.FromFile(path, file, terminal.Note)
                : LabeledImages.FromFolders(path, terminal.Note);
            using MobileViTModel model = await modelOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelSource.RequireClasses(model);
            return await EvaluateAsync(terminal, path, model, scoring, images, parsed.GetValue(report), cancellationToken)
                .ConfigureAwait(false);
        });
    }

    private static async Task<int> EvaluateAsync(
        Terminal terminal,
        string folder,
        MobileViTModel model,
        MobileViTScoringOptions scoring,
        LabeledImages images,
        string? report,
        CancellationToken cancellationToken)
    {
        var classes = new ClassNames(model.Labels);
        string[] truth = [.. images.Labels.Select((name, i) => classes.Resolve(name, () => images.Source(i)))];
        var confusion = new Confusion(model.Labels);
        var failures = new List<(string Path, string Reason)>();
        long inTop = 0;
        int next = 0;
        var clock = Stopwatch.StartNew();
        ScoringProgress.Run(terminal, Task.FromResult<long?>(truth.Length), advance =>
        {
            foreach (ResultRow row in new ImageScorer(model, scoring).Classify(images.Images, Math.Min(Top, model.Labels.Count)))
            {
                string label = truth[next++];
                if (row.Error is null)
                {
                    confusion.Add(label, row.Labels[0], row.Path);
                    inTop += row.Labels.Contains(label) ? 1 : 0;
                }
                else
                {
                    failures.Add((row.Path, row.Error));
                }

                advance();
                cancellationToken.ThrowIfCancellationRequested();
            }
        });
        clock.Stop();

        // No image at all is not 0 % of them.
        string topOne = confusion.Count == 0 ? "–" : ReportPage.Percent(confusion.Accuracy);
        string topFive = confusion.Count == 0 ? "–" : ReportPage.Percent((double)inTop / confusion.Count);
        double rate = truth.Length / clock.Elapsed.TotalSeconds;
        var table = new TextTable("Model", "Top-1", "Top-5", "Images", "Failed", "Images/s", "Parameters", "MACs");
        table.Add(
            $"{model.Metadata.ModelName} ({model.Metadata.SourceFile})",
            topOne,
            topFive,
            ReportPage.Count(confusion.Count),
            ReportPage.Count(failures.Count),
            rate.ToString("0.0", CultureInfo.InvariantCulture),
            ReportPage.Count(model.Metadata.Parameters),
            ReportPage.Count(model.Metadata.Macs));
        table.Write(terminal);
        if (confusion.Count > 0)
        {
            terminal.WriteLine();
            confusion.Write(terminal);
            WriteClasses(terminal, confusion);
        }

        foreach (var (_, reason) in failures)
        {
            terminal.Note($"failed: {TextCell.Printable(reason)}");
        }

        if (report is not null)
        {
            await ConfusionReport.WriteAsync(
                report,
                $"Evaluation on '{folder}'",
                ModelSource.Describe(model),
                confusion,
                [
                    (topOne, "top-1", false),
                    (topFive, "top-5", false),
                    (ReportPage.Count(confusion.Count), "images", false),
                    (rate.ToString("0.0", CultureInfo.InvariantCulture), "images/s", false),
                    (ReportPage.Count(failures.Count), "failed", failures.Count > 0),
                ],
                failures).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(report)}");
        }

        return failures.Count == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
    }

    private static void WriteClasses(Terminal terminal, Confusion confusion)
    {
        var classes = new TextTable("Class", "Images", "Top-1");
        foreach (int label in confusion.Seen)
        {
            classes.Add(
                confusion.Labels[label], ReportPage.Count(confusion.SeenOf(label)), ReportPage.Percent(confusion.AccuracyOf(label)));
        }

        classes.Write(terminal);
    }
}
