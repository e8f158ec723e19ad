using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary><c>evaluate FOLDER</c>: how often a model is right on labelled pictures.</summary>
internal sealed class EvaluateCommand : ToolCommand
{
    public EvaluateCommand(Terminal terminal)
        : base(
            "evaluate",
            "Measure how often a model is right on labelled images. They are "
                + "in a folder with a subfolder for each class, or in a flat folder with --labels.",
            "evaluate imagenet/val --model xxs --report evaluation.html --activations",
            "evaluate imagenet/val --labels labels.csv --model xxs --output predictions.csv")
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
        Add(labelFile);
        var evaluationOptions = new EvaluationOptions(this, "--output", "-o");
        var activationOptions = new ActivationOptions(this, modelOptions);
        SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(folder);
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            EvaluationTargets targets = evaluationOptions.Read(parsed);
            var written = OutputPaths.Require(targets.Files, targets.Report, [parsed.GetValue(labelFile), modelOptions.NameOf(parsed)]);
            var images = parsed.GetValue(labelFile) is { } file
                ? LabeledImages.FromFile(path, file, terminal.Note)
                : LabeledImages.FromFolders(path, terminal.Note, "For a flat folder, name a file with the labels: --labels FILE.");
            foreach (ImageInput image in images.Images)
            {
                written.RequireOther(image.Path);
            }

            activationOptions.Check(parsed, targets.Report);
            using MobileViTModel model = await activationOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelSource.RequireClasses(model);
            return await EvaluateAsync(
                terminal, path, model, scoring, images, targets, OriginOf(parsed, modelOptions.NameOf(parsed)),
                activationOptions.Explain(parsed, terminal, model, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        });
    }

    private static async Task<int> EvaluateAsync(
        Terminal terminal,
        string folder,
        MobileViTModel model,
        MobileViTScoringOptions scoring,
        LabeledImages images,
        EvaluationTargets targets,
        ReportOrigin origin,
        ExplainPictures? explain,
        CancellationToken cancellationToken)
    {
        var classes = new ClassNames(model.Labels);
        Dictionary<string, int> indices = model.Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        int[] truth = [.. images.Labels.Select((name, i) => indices[classes.Resolve(name, () => images.Source(i))])];
        var evaluated = new List<EvaluatedImage>();
        var clock = Stopwatch.StartNew();
        ScoringProgress.Run(terminal, Task.FromResult<long?>(truth.Length), advance =>
        {
            // All classes, for the rank of the truth. Their order is that of 'classify'.
            foreach (ResultRow row in new ImageScorer(model, scoring).Classify(images.Images, model.Labels.Count))
            {
                int label = truth[evaluated.Count];
                LabeledPrediction? prediction = null;
                if (row.Error is null)
                {
                    int place = Array.IndexOf(row.Labels, model.Labels[label]);
                    prediction = new LabeledPrediction(label, indices[row.Labels[0]], row.Numbers[0], row.Numbers[place], place + 1);
                }

                evaluated.Add(new EvaluatedImage(row.Path, label, prediction, row.Error));
                advance();
                cancellationToken.ThrowIfCancellationRequested();
            }
        });
        clock.Stop();

        var evaluation = new Evaluation(model.Labels, evaluated);
        ClassificationMetrics metrics = evaluation.Metrics;
        (string, string)[] failures = [.. evaluation.Failures];
        // No image at all is not 0 % of them.
        string topOne = ModelSummary.Percent(metrics.Accuracy);
        string topFew = ModelSummary.Percent(metrics.TopAccuracy(targets.Top));
        double rate = truth.Length / clock.Elapsed.TotalSeconds;
        var table = new TextTable("Model", "Top-1", Invariant($"Top-{targets.Top}"), "Images", "Failed", "Images/s", "Parameters", "MACs");
        table.Add(
            $"{model.Metadata.ModelName} ({model.Metadata.SourceFile})",
            topOne,
            topFew,
            ReportPage.Count(metrics.Count),
            ReportPage.Count(failures.Length),
            rate.ToString("0.0", CultureInfo.InvariantCulture),
            ReportPage.Count(model.Metadata.Parameters),
            ReportPage.Count(model.Metadata.Macs));
        table.Write(terminal);
        terminal.WriteLine();
        EvaluationTables.Write(terminal, evaluation);
        foreach (var (_, reason) in failures)
        {
            terminal.Note($"failed: {TextCell.Printable(reason)}");
        }

        await targets.WriteAsync(
            terminal,
            evaluation,
            origin,
            path => EvaluationReport.WriteAsync(
                path,
                $"Evaluation on '{folder}'",
                ModelSource.Describe(model),
                origin,
                [
                    new ReportStat(topOne, "top-1"),
                    new ReportStat(topFew, Invariant($"top-{targets.Top}")),
                    new ReportStat(ModelSummary.Percent(metrics.Macro.F1), "macro F1"),
                    new ReportStat(EvaluationTables.Loss(metrics.LogLoss), "log loss"),
                    new ReportStat(ReportPage.Count(metrics.Count), "images"),
                    new ReportStat(rate.ToString("0.0", CultureInfo.InvariantCulture), "images/s"),
                ],
                evaluation,
                explain: explain),
            cancellationToken).ConfigureAwait(false);
        return failures.Length == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
    }
}
