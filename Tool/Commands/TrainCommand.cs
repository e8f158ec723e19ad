using System.CommandLine;
using Microsoft.ML;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>train FOLDER</c>: a classifier of the user's own classes, on MobileViT's features.</summary>
internal sealed class TrainCommand : ToolCommand
{
    /// <summary>One picture of five is held out where no folds are asked for, and trainers are compared with as many folds.</summary>
    private const int DefaultFolds = 5;

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
            Description = $"The trainer: {string.Join("; ", FeatureTrainer.All.Select(one => $"{one.Name}, {one.Description}"))}; or "
                + $"{FeatureTrainer.AllName}, to compare them by cross-validation and take the best.",
            HelpName = "NAME",
            DefaultValueFactory = _ => FeatureTrainer.All[0].Name,
        };
        var folds = new Option<int>("--folds")
        {
            Description = "Measure by cross-validation with this many folds; without it, on a held-out fifth of every class, and with "
                + $"{DefaultFolds} folds where trainers are compared.",
            HelpName = "K",
        };
        var classWeights = new Option<string>("--class-weights")
        {
            Description = $"{ClassWeights.Balanced}: every class counts the same in training, however many images it has; {ClassWeights.None}: "
                + "every image does.",
            HelpName = $"{ClassWeights.None}|{ClassWeights.Balanced}",
            DefaultValueFactory = _ => ClassWeights.None,
        };
        var noCurve = new Option<bool>("--no-learning-curve")
        {
            Description = "Do not measure the accuracy with 10, 25 and 50 % of the training images, which takes about as long again as "
                + "measuring it with all.",
        };
        var seed = new Option<int>("--seed") { Description = "Makes a run repeatable.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The model to write; 'predict' and mlContext.Model.Load read it.",
            HelpName = "MODEL.zip",
            DefaultValueFactory = _ => "model.zip",
        };
        foreach (Option option in new Option[] { trainer, folds, classWeights, noCurve, seed, output })
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
                parsed.GetValue(classWeights)!,
                !parsed.GetValue(noCurve),
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
        foreach (ResultRow failure in rows.Where(row => row.Error is not null))
        {
            terminal.Note($"left out: {TextCell.Printable(failure.Error!)}");
        }

        int[] good = [.. Enumerable.Range(0, rows.Count).Where(i => rows[i].Error is null)];
        var examples = new LabeledFeatures([.. good.Select(i => rows[i].Numbers)], [.. good.Select(i => allLabels[i])]);
        RequireClasses(settings.Folder, examples, allLabels, settings.Folds ?? 2);
        FeatureClassifier classifier = null!;
        ITransformer final = null!;
        (TrainingResult training, HeldOutPredictions held) = (null!, null!);
        // How many trainings there are the learning curve tells on the way.
        WorkProgress.Run(terminal, "trainings", Task.FromResult<long?>(null), progress =>
        {
            (training, held) = Measure(terminal, settings, examples, progress, cancellationToken);
            classifier = settings.ClassifierOf(training.Trainer);
            progress.Phase = $"trainer {training.Trainer}, all images";
            final = classifier.Fit(examples);
            progress.Advance();
        });
        using var owner = final as IDisposable;
        Evaluation evaluation = Evaluate(rows, allLabels, good, examples, held);
        ClassificationMetrics metrics = evaluation.Metrics;
        string how = training.Folds is { } folds
            ? Invariant($"{folds}-fold cross-validation over {metrics.Count:N0} images")
            : Invariant($"{metrics.Count:N0} held-out images");
        // With no more classes than that, every picture counts.
        string topFew = settings.Targets.Top < examples.Classes.Count
            ? Invariant($", top-{settings.Targets.Top} {100 * metrics.TopAccuracy(settings.Targets.Top):0.0} %")
            : "";
        terminal.WriteLine(Invariant(
            $"{examples.Classes.Count} classes, {examples.Count:N0} images, {examples.Vectors[0].Length} features, trainer {training.Trainer}"));
        WriteComparison(terminal, training.Comparison);
        terminal.WriteLine(Invariant(
            $"accuracy {100 * metrics.Accuracy:0.0} %, mean of the classes {100 * metrics.BalancedAccuracy:0.0} %{topFew} ({how})"));
        if (training.Curve is { } curve)
        {
            terminal.WriteLine($"learning curve: {curve}");
        }

        terminal.WriteLine();
        EvaluationTables.Write(terminal, evaluation);

        string? nothing = classifier.NothingLearned(final, examples.Vectors);
        if (nothing is not null)
        {
            terminal.Note(TextCell.Printable(nothing));
        }

        cancellationToken.ThrowIfCancellationRequested();
        await SaveAsync(settings.Output, model, layer, classifier, final).ConfigureAwait(false);
        terminal.WriteLine(Invariant($"written: {settings.Output}, trained on all {examples.Count:N0} images"));
        await settings.Targets.WriteAsync(
            terminal,
            evaluation,
            settings.Origin,
            path => EvaluationReport.WriteAsync(
                path,
                $"Classifier of '{settings.Folder}'",
                $"{training.Trainer} on {layer} of {ModelSource.Describe(model)}; measured on {how}"
                    + (nothing is null ? "" : $". Note: {nothing}"),
                settings.Origin,
                [
                    new ReportStat(ModelSummary.Percent(metrics.Accuracy), "accuracy"),
                    new ReportStat(ModelSummary.Percent(metrics.BalancedAccuracy), "mean of the classes"),
                    new ReportStat(ModelSummary.Percent(metrics.Macro.F1), "macro F1"),
                    new ReportStat(EvaluationTables.Loss(metrics.LogLoss), "log loss"),
                    new ReportStat(ReportPage.Count(examples.Count), "images"),
                ],
                evaluation,
                training),
            cancellationToken,
            training).ConfigureAwait(false);
        return evaluation.Failures.Any() ? ExitCodes.SomeFailed : ExitCodes.Success;
    }

    /// <summary>Measures the trainer, or all and takes the best.</summary>
    private static (TrainingResult Training, HeldOutPredictions Held) Measure(
        Terminal terminal, Settings settings, LabeledFeatures examples, WorkProgress progress, CancellationToken cancellationToken)
    {
        bool isSplit = settings.Folds is null && !settings.ComparesAll;
        int folds = settings.Folds ?? (isSplit ? DefaultFolds : FoldsFor(terminal, examples));
        var validation = new CrossValidation(
            examples, StratifiedFolds.Deal(examples.Labels, folds, settings.Seed), isSplit ? [0] : [.. Enumerable.Range(0, folds)])
        {
            Progress = progress,
        };
        TrainerComparison? comparison = null;
        HeldOutPredictions held;
        if (settings.ComparesAll)
        {
            (comparison, held) = validation.Compare(settings.ClassifierOf, cancellationToken);
        }
        else
        {
            held = validation.Measure(settings.ClassifierOf(settings.Trainer), null, cancellationToken);
        }

        string trainer = comparison?.Best!.Name ?? settings.Trainer;
        LearningCurve? curve = settings.HasCurve
            ? LearningCurveRun.Measure(validation, settings.ClassifierOf(trainer), held, settings.Seed, cancellationToken)
            : null;
        return (new TrainingResult(trainer, isSplit ? null : folds, settings.Weights, settings.Seed, comparison, curve), held);
    }

    /// <summary>What was predicted of all pictures, those that failed before there were features among them.</summary>
    private static Evaluation Evaluate(
        IReadOnlyList<ResultRow> rows, IReadOnlyList<string> allLabels, int[] good, LabeledFeatures examples, HeldOutPredictions held)
    {
        var predictions = new LabeledPrediction?[rows.Count];
        string?[] errors = [.. rows.Select(row => row.Error)];
        foreach (var (i, prediction) in held.Predictions.Index())
        {
            predictions[good[i]] = prediction;
        }

        foreach (int i in held.Missing)
        {
            errors[good[i]] = $"'{rows[good[i]].Path}': the classifier gives numbers that are none (NaN or infinite).";
        }

        string[] classes = [.. examples.Classes];
        return new Evaluation(
            classes,
            [
                .. rows.Select((row, i) => new EvaluatedImage(
                    row.Path, Array.BinarySearch(classes, allLabels[i], StringComparer.Ordinal), predictions[i], errors[i])),
            ]);
    }

    /// <summary>As many folds as there are by default, or as the smallest class has images.</summary>
    private static int FoldsFor(Terminal terminal, LabeledFeatures examples)
    {
        var (label, least) = examples.Labels.CountBy(static label => label).MinBy(static count => count.Value);
        if (least < DefaultFolds)
        {
            terminal.Note($"{least} folds instead of {DefaultFolds}: the class '{TextCell.Printable(label)}' has {least} images, and each fold needs one.");
        }

        return Math.Min(DefaultFolds, least);
    }

    private static void WriteComparison(Terminal terminal, TrainerComparison? comparison)
    {
        if (comparison is not null)
        {
            terminal.WriteLine();
            comparison.Write(terminal);
            foreach (var (trainer, reason) in comparison.LeftOut)
            {
                terminal.Note($"{trainer} is left out: {TextCell.Printable(reason)}");
            }
        }
    }

    private static void RequireClasses(string folder, LabeledFeatures examples, IReadOnlyList<string> allLabels, int least)
    {
        var counts = examples.Labels.CountBy(label => label).ToDictionary();
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
            throw new CommandException($"'{folder}' has one class, '{examples.Labels[0]}'; a classifier needs at least two.");
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

    private sealed record Settings(
        string Folder,
        string Trainer,
        int? Folds,
        string Weights,
        bool HasCurve,
        int Seed,
        string Output,
        EvaluationTargets Targets,
        ReportOrigin Origin)
    {
        public bool ComparesAll => Trainer == FeatureTrainer.AllName;

        public FeatureClassifier ClassifierOf(string trainer) =>
            new(FeatureTrainer.Of(trainer), Seed, Weights == ClassWeights.Balanced);

        public OutputPaths Validate(string modelName)
        {
            if (!ComparesAll)
            {
                _ = FeatureTrainer.Of(Trainer);
            }

            if (Weights is not (ClassWeights.None or ClassWeights.Balanced))
            {
                throw new CommandException($"--class-weights takes {ClassWeights.None} or {ClassWeights.Balanced}, not '{Weights}'.");
            }

            if (Folds is < 2)
            {
                throw new CommandException($"--folds {Folds}: cross-validation needs at least 2 folds.");
            }

            OutputPaths.RequireExtension(Output, "--output", ".zip");
            return OutputPaths.Require([Output, .. Targets.Files], Targets.Report, [modelName]);
        }
    }
}
