using System.CommandLine;
using Microsoft.ML;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>train FOLDER</c>: a classifier of the user's own classes, on MobileViT's features.</summary>
internal sealed class TrainCommand : ToolCommand
{
    /// <summary>One picture of five is held out where no folds are asked for.</summary>
    private const int SplitFolds = 5;

    public TrainCommand(Terminal terminal)
        : base(
            "train",
            "Train a classifier on a folder with a subfolder for each class.",
            "train flowers --model xxs --output flowers.zip --report flowers.html")
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder; its subfolders are the classes, but for hidden ones and a system's own." };
        Add(folder);
        var modelOptions = new ModelOptions(this);
        var featureOptions = new FeatureOptions(this);
        var scoringOptions = new ScoringOptions(this);
        var trainer = new Option<string>("--trainer", "-t")
        {
            Description = $"ML.NET's trainer: {string.Join(", ", FeatureClassifier.Trainers)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => FeatureClassifier.Trainers[0],
        };
        var folds = new Option<int>("--folds")
        {
            Description = "Measure by cross-validation with this many folds; without it, on a held-out fifth of every class.",
            HelpName = "K",
        };
        var seed = new Option<int>("--seed") { Description = "Makes a run repeatable.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The model to write; 'predict' and mlContext.Model.Load read it.",
            HelpName = "MODEL.zip",
            DefaultValueFactory = _ => "model.zip",
        };
        foreach (Option option in new Option[] { trainer, folds, seed, output })
        {
            Add(option);
        }

        // '--output' is the model.
        var evaluationOptions = new EvaluationOptions(this, "--predictions");

        SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new Settings(
                parsed.GetRequiredValue(folder),
                parsed.GetValue(trainer)!,
                parsed.GetResult(folds) is null ? null : parsed.GetValue(folds),
                parsed.GetValue(seed),
                parsed.GetValue(output)!,
                evaluationOptions.Read(parsed),
                OriginOf(parsed, modelOptions.NameOf(parsed)));
            OutputPaths written = settings.Validate(modelOptions.NameOf(parsed));
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            var images = LabeledImages.FromFolders(settings.Folder, terminal.Note);
            foreach (ImageInput image in images.Images)
            {
                written.RequireOther(image.Path);
            }

            using MobileViTModel model = await modelOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelOutput layer = featureOptions.LayerOf(parsed, model);
            IReadOnlyList<ResultRow> rows = new FeatureTable(
                terminal, model, scoring, layer.Name, modelOptions.FeatureCacheOf(parsed), FeatureOptions.SettingsOf(parsed, model, layer, scoringOptions))
                .Compute(images.Images, cancellationToken);
            return await TrainAsync(terminal, settings, model, layer.Name, rows, images.Labels, cancellationToken).ConfigureAwait(false);
        });
    }

    private static async Task<int> TrainAsync(
        Terminal terminal,
        Settings settings,
        MobileViTModel model,
        string layer,
        IReadOnlyList<ResultRow> rows,
        IReadOnlyList<string> allLabels,
        CancellationToken cancellationToken)
    {
        ResultRow[] failures = [.. rows.Where(row => row.Error is not null)];
        foreach (ResultRow failure in failures)
        {
            terminal.Note($"left out: {TextCell.Printable(failure.Error!)}");
        }

        int[] good = [.. Enumerable.Range(0, rows.Count).Where(i => rows[i].Error is null)];
        string[] labels = [.. good.Select(i => allLabels[i])];
        float[][] features = [.. good.Select(i => rows[i].Numbers)];
        int folds = settings.Folds ?? SplitFolds;
        RequireClasses(settings.Folder, labels, allLabels, settings.Folds is null ? 2 : folds);

        var classifier = new FeatureClassifier(settings.Trainer, settings.Seed);
        int[] fold = StratifiedFolds.Deal(labels, folds, settings.Seed);
        string[] classes = [.. labels.Distinct().Order(StringComparer.Ordinal)];
        var predictions = new LabeledPrediction?[rows.Count];
        var errors = rows.Select(row => row.Error).ToArray();
        foreach (int held in settings.Folds is null ? [0] : Enumerable.Range(0, folds))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] train = [.. Enumerable.Range(0, labels.Length).Where(i => fold[i] != held)];
            int[] test = [.. Enumerable.Range(0, labels.Length).Where(i => fold[i] == held)];
            ITransformer measured = classifier.Fit([.. train.Select(i => features[i])], [.. train.Select(i => labels[i])]);
            var predicted = classifier.Probabilities(measured, [.. test.Select(i => features[i])], classes);
            foreach (var (i, probabilities) in test.Zip(predicted))
            {
                int row = good[i];
                predictions[row] = LabeledPrediction.Of(Array.BinarySearch(classes, labels[i], StringComparer.Ordinal), probabilities);
                errors[row] = predictions[row] is null ? $"'{rows[row].Path}': the classifier gives numbers that are none (NaN or infinite)." : null;
            }
        }

        var evaluation = new Evaluation(
            classes,
            [
                .. rows.Select((row, i) => new EvaluatedImage(
                    row.Path, Array.BinarySearch(classes, allLabels[i], StringComparer.Ordinal), predictions[i], errors[i])),
            ]);
        ClassificationMetrics metrics = evaluation.Metrics;
        int failed = evaluation.Failures.Count();
        string how = settings.Folds is null
            ? Invariant($"{metrics.Count:N0} held-out images")
            : Invariant($"{folds}-fold cross-validation over {metrics.Count:N0} images");
        // With no more classes than that, every picture counts.
        string topFew = settings.Targets.Top < classes.Length
            ? Invariant($", top-{settings.Targets.Top} {100 * metrics.TopAccuracy(settings.Targets.Top):0.0} %")
            : "";
        terminal.WriteLine(Invariant(
            $"{classes.Length} classes, {labels.Length:N0} images, {features[0].Length} features, trainer {settings.Trainer}"));
        terminal.WriteLine(Invariant(
            $"accuracy {100 * metrics.Accuracy:0.0} %, mean of the classes {100 * metrics.BalancedAccuracy:0.0} %{topFew} ({how})"));
        terminal.WriteLine();
        EvaluationTables.Write(terminal, evaluation);

        ITransformer final = classifier.Fit(features, labels);
        string? nothing = classifier.NothingLearned(final, features);
        if (nothing is not null)
        {
            terminal.Note(TextCell.Printable(nothing));
        }

        cancellationToken.ThrowIfCancellationRequested();
        await SaveAsync(settings.Output, model, layer, classifier, final).ConfigureAwait(false);
        terminal.WriteLine(Invariant($"written: {settings.Output}, trained on all {labels.Length:N0} images"));
        await settings.Targets.WriteAsync(
            terminal,
            evaluation,
            path => EvaluationReport.WriteAsync(
                path,
                $"Classifier of '{settings.Folder}'",
                $"{settings.Trainer} on {layer} of {ModelSource.Describe(model)}; measured on {how}"
                    + (nothing is null ? "" : $". Note: {nothing}"),
                settings.Origin,
                [
                    new ReportStat(ModelSummary.Percent(metrics.Accuracy), "accuracy"),
                    new ReportStat(ModelSummary.Percent(metrics.BalancedAccuracy), "mean of the classes"),
                    new ReportStat(ModelSummary.Percent(metrics.Macro.F1), "macro F1"),
                    new ReportStat(EvaluationTables.Loss(metrics.LogLoss), "log loss"),
                    new ReportStat(ReportPage.Count(labels.Length), "images"),
                ],
                evaluation),
            cancellationToken).ConfigureAwait(false);
        return failed == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
    }

    private static void RequireClasses(string folder, string[] labels, IReadOnlyList<string> allLabels, int least)
    {
        var counts = labels.CountBy(label => label).ToDictionary();
        foreach (string label in allLabels.Distinct())
        {
            int count = counts.GetValueOrDefault(label);
            if (count < least)
            {
                throw new CommandException(
                    $"The class '{label}' has {count} readable {(count == 1 ? "image" : "images")}, and {least} are needed: some to "
                    + "train on and some to measure with. Add images, or move the folder away.");
            }
        }

        if (counts.Count < 2)
        {
            throw new CommandException($"'{folder}' has one class, '{labels[0]}'; a classifier needs at least two.");
        }
    }

    private static async Task SaveAsync(
        string path, MobileViTModel model, string layer, FeatureClassifier classifier, ITransformer trained)
    {
        var context = new MLContext();
        IDataView paths = context.Data.LoadFromEnumerable<ImagePath>([]);
        var images = context.Transforms.FeaturizeImages(
            FeatureClassifier.FeaturesColumn,
            model,
            nameof(ImagePath.Path),
            layer,
            new MobileViTScoringOptions { BadImages = BadImageHandling.Mark });
        using var transformer = images.Fit(paths);
        await AtomicFile.WriteAsync(path, stream =>
        {
            classifier.Save(transformer, trained, paths, stream);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
    }

    private sealed record Settings(string Folder, string Trainer, int? Folds, int Seed, string Output, EvaluationTargets Targets, ReportOrigin Origin)
    {
        public OutputPaths Validate(string modelName)
        {
            if (!FeatureClassifier.Trainers.Contains(Trainer))
            {
                throw new CommandException(
                    $"There is no trainer '{Trainer}'; there are {string.Join(", ", FeatureClassifier.Trainers)}.");
            }

            if (Folds is < 2)
            {
                throw new CommandException($"--folds {Folds}: cross-validation needs at least 2 folds.");
            }

            OutputPaths.RequireExtension(Output, "--output", ".zip");
            return OutputPaths.Require([Output, Targets.Output, Targets.Report], Targets.Report, [modelName]);
        }
    }
}
