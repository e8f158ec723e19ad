namespace MlNetMobileViT.Tool;

/// <summary>
/// How well classes were told apart, as a page: numbers, calibration, the confusion matrix, the pictures with the mistakes first,
/// the classes, failures.
/// </summary>
internal static class EvaluationReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">A line below it.</param>
    /// <param name="origin">What made the page.</param>
    /// <param name="stats">The numbers that stand first.</param>
    /// <param name="evaluation">What was predicted, and how good that is.</param>
    /// <param name="training">How the classifier was trained; null where none was.</param>
    /// <param name="explain">Where classes were seen; null where cards do not show it.</param>
    public static Task WriteAsync(
        string path,
        string title,
        string subtitle,
        ReportOrigin origin,
        IEnumerable<ReportStat> stats,
        Evaluation evaluation,
        TrainingResult? training = null,
        ExplainPictures? explain = null)
    {
        var folder = new SharedFolder(path, evaluation.Images.Where(image => image.Prediction is not null).Select(image => image.Path));
        (string, string)[] failures = [.. evaluation.Failures];
        return ReportPage.WriteAsync(path, title, subtitle, origin, page =>
        {
            ClassificationMetrics metrics = evaluation.Metrics;
            page.Stats([.. stats, ReportStat.Failures(failures.Length)]);
            if (training is not null)
            {
                TrainingPanels.Write(page, training);
            }

            if (metrics.Count > 0)
            {
                page.Markup("<div class=\"two\">");
                CalibrationChart.Write(page, metrics.Calibration);
                Means(page, metrics);
                page.Markup("</div>");
                ConfusionMatrix.Write(page, evaluation);
                Gallery(page, evaluation, folder, explain);
                Classes(page, evaluation);
            }

            page.Failures(failures, failures.Length);
        });
    }

    private static void Means(ReportPage page, ClassificationMetrics metrics)
    {
        page.Markup("<div class=\"panel\"><h2>Means of the classes</h2>");
        page.Table(
            ["", "Precision", "Recall", "F1"],
            new[] { ("macro", metrics.Macro), ("weighted by images", metrics.Weighted) }.Select(static row => new[]
            {
                row.Item1, ReportPage.Percent(row.Item2.Precision), ReportPage.Percent(row.Item2.Recall), ReportPage.Percent(row.Item2.F1),
            }));
        page.Markup(
            $"""
            <p class="muted note">As scikit-learn defines them: over the classes that occur, 0 where a class was never predicted or has no
            image. The log loss is the mean of −ln of the truth's probability, clipped at 2⁻²³. The calibration error is the mean gap
            between the bars and the broken line, over {CalibrationCurve.BinCount} bins of equal width (Guo et al., 2017).</p>
            </div>
            """);
    }

    private static void Gallery(ReportPage page, Evaluation evaluation, SharedFolder folder, ExplainPictures? explain)
    {
        int most = explain is null ? PictureGallery.MaxPictures : PictureGallery.MaxExplained;
        var predicted = evaluation.Images.Index().Where(image => image.Item.Prediction is not null).ToArray();
        var mistakes = predicted.Where(image => !image.Item.Prediction!.Value.IsRight)
            .OrderByDescending(image => image.Item.Prediction!.Value.Probability).Take(most).ToArray();
        var right = predicted.Where(image => image.Item.Prediction!.Value.IsRight).ToArray();
        int room = most - mistakes.Length;
        int step = room == 0 ? int.MaxValue : Math.Max((right.Length + room - 1) / room, 1);
        var shown = mistakes.Concat(right.Where((_, i) => i % step == 0 && room > 0)).OrderBy(image => image.Index).ToArray();
        IEnumerable<PictureCard> cards = shown.Select(image => Card(image.Item));
        if (mistakes.Length == 0)
        {
            page.Markup("<p class=\"muted note\">Nothing was confused.</p>");
        }

        PictureGallery.Write(page, new GalleryContent(
            shown.Length == predicted.Length
                ? "Images"
                : $"Images ({ReportPage.Count(shown.Length)} of {ReportPage.Count(predicted.Length)}, mistakes first)",
            folder,
            evaluation.Labels,
            explain is null ? cards : PictureGallery.Explained(cards, evaluation.Labels, explain),
            shown.Length)
        {
            HasTruth = true,
            HasActivations = explain is not null,
            StartsWithMistakes = mistakes.Length > 0,
        });
    }

    private static PictureCard Card(EvaluatedImage image)
    {
        LabeledPrediction prediction = image.Prediction!.Value;
        return new PictureCard(
            image.Path,
            [
                (prediction.Predicted, prediction.Probability),
                .. prediction.IsRight ? [] : new[] { (prediction.Truth, prediction.TruthProbability) },
            ])
        {
            Truth = prediction.Truth,
            TruthRank = prediction.TruthRank,
        };
    }

    private static void Classes(ReportPage page, Evaluation evaluation)
    {
        int[] imperfect = [.. evaluation.Imperfect];
        int[] perfect = [.. evaluation.Perfect];
        page.Markup("<h2>Classes, the hardest first</h2>");
        if (imperfect.Length > 0)
        {
            Table(page, evaluation, imperfect);
        }

        if (perfect.Length > 0)
        {
            page.Markup(
                $"<details class=\"fold\"><summary>{ReportPage.Count(perfect.Length)} {(perfect.Length == 1 ? "class" : "classes")} without a "
                + $"mistake, {ReportPage.Count(perfect.Sum(label => evaluation.Metrics.Classes[label].Support))} images</summary>");
            Table(page, evaluation, perfect);
            page.Markup("</details>");
        }
    }

    private static void Table(ReportPage page, Evaluation evaluation, int[] labels)
    {
        page.Markup("<div class=\"panel scroll long\" tabindex=\"0\" role=\"region\" aria-label=\"Classes\">");
        page.Table(["Class", "Images", "Precision", "Recall", "F1"], labels.Select(label =>
        {
            ClassScores scores = evaluation.Metrics.Classes[label];
            return new[]
            {
                evaluation.Labels[label],
                ReportPage.Count(scores.Support),
                ReportPage.Percent(scores.Precision),
                ReportPage.Percent(scores.Recall),
                ReportPage.Percent(scores.F1),
            };
        }));
        page.Markup("</div>");
    }
}
