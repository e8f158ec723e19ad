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
        var report = new Option<string?>("--report")
        {
            Description = "Write a page with the confusion matrix and the most confused images.",
            HelpName = "FILE.html",
        };
        foreach (Option option in new Option[] { trainer, folds, seed, output, report })
        {
            Add(option);
        }

        SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new Settings(
                parsed.GetRequiredValue(folder),
                parsed.GetValue(trainer)!,
                parsed.GetResult(folds) is null ? null : parsed.GetValue(folds),
                parsed.GetValue(seed),
                parsed.GetValue(output)!,
                parsed.GetValue(report));
            settings.Validate(modelOptions.NameOf(parsed));
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            var images = LabeledImages.FromFolders(settings.Folder, terminal.Note);
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
        var confusion = new Confusion([.. labels.Distinct().Order(StringComparer.Ordinal)]);
        foreach (int held in settings.Folds is null ? [0] : Enumerable.Range(0, folds))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] train = [.. Enumerable.Range(0, labels.Length).Where(i => fold[i] != held)];
            int[] test = [.. Enumerable.Range(0, labels.Length).Where(i => fold[i] == held)];
            ITransformer measured = classifier.Fit([.. train.Select(i => features[i])], [.. train.Select(i => labels[i])]);
            var predicted = classifier.Predict(measured, [.. test.Select(i => features[i])]);
            foreach (var (i, label) in test.Zip(predicted))
            {
                confusion.Add(labels[i], label, rows[good[i]].Path);
            }
        }

        string how = settings.Folds is null
            ? Invariant($"{confusion.Count:N0} held-out images")
            : Invariant($"{folds}-fold cross-validation over {confusion.Count:N0} images");
        terminal.WriteLine(Invariant(
            $"{confusion.Labels.Count} classes, {labels.Length:N0} images, {features[0].Length} features, trainer {settings.Trainer}"));
        terminal.WriteLine(Invariant(
            $"accuracy {100 * confusion.Accuracy:0.0} %, mean of the classes {100 * confusion.MacroAccuracy:0.0} % ({how})"));
        terminal.WriteLine();
        confusion.Write(terminal);

        ITransformer final = classifier.Fit(features, labels);
        string? nothing = classifier.NothingLearned(final, features);
        if (nothing is not null)
        {
            terminal.Note(TextCell.Printable(nothing));
        }

        cancellationToken.ThrowIfCancellationRequested();
        await SaveAsync(settings.Output, model, layer, classifier, final).ConfigureAwait(false);
        terminal.WriteLine(Invariant($"written: {settings.Output}, trained on all {labels.Length:N0} images"));
        if (settings.Report is not null)
        {
            await ConfusionReport.WriteAsync(
                settings.Report,
                $"Classifier of '{settings.Folder}'",
                $"{settings.Trainer} on {layer} of {ModelSource.Describe(model)}; measured on {how}"
                    + (nothing is null ? "" : $". Note: {nothing}"),
                confusion,
                [
                    (ReportPage.Percent(confusion.Accuracy), "accuracy", false),
                    (ReportPage.Percent(confusion.MacroAccuracy), "mean of the classes", false),
                    (ReportPage.Count(labels.Length), "images", false),
                    (ReportPage.Count(failures.Length), "failed", failures.Length > 0),
                ],
                [.. failures.Select(row => (row.Path, row.Error!))]).ConfigureAwait(false);
            terminal.WriteLine($"written: {TextCell.Printable(settings.Report)}");
        }

        return failures.Length == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
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

    private sealed record Settings(string Folder, string Trainer, int? Folds, int Seed, string Output, string? Report)
    {
        public void Validate(string modelName)
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
            OutputPaths.Require(Output, Report, modelName);
        }
    }
}
