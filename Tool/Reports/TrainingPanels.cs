namespace MlNetMobileViT.Tool;

/// <summary>What a page tells of a training beside how good its result is: the trainers that were compared, and the learning curve.</summary>
internal static class TrainingPanels
{
    // A curve from 97 to 99 % is to be seen as one: the axis begins at a multiple of this.
    private const double AxisStep = 0.2;

    /// <summary>Writes what there is.</summary>
    public static void Write(ReportPage page, TrainingResult training)
    {
        bool hasCurve = training.Curve is { Points.Count: > 1 };
        if (training.Comparison is null && !hasCurve)
        {
            return;
        }

        page.Markup("<div class=\"two\">");
        if (training.Comparison is { } comparison)
        {
            WriteComparison(page, comparison);
        }

        if (hasCurve)
        {
            WriteCurve(page, training.Curve!);
        }

        page.Markup("</div>");
    }

    private static void WriteComparison(ReportPage page, TrainerComparison comparison)
    {
        page.Markup("<div class=\"panel scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Trainers\"><h2>Trainers</h2>");
        page.Table(comparison.Header, comparison.Trainers.Select(trainer => comparison.CellsOf(trainer).ToArray()));
        page.Markup(
            $"<p class=\"muted note\">Mean ± standard deviation over {comparison.Folds} folds, the same for each trainer; "
            + $"{ReportPage.Escape(comparison.Choice)}.</p>");
        foreach (var (trainer, reason) in comparison.LeftOut)
        {
            page.Markup($"<p class=\"muted note\">{ReportPage.Escape(trainer)}: {ReportPage.Escape(reason)}</p>");
        }

        page.Markup("</div>");
    }

    private static void WriteCurve(ReportPage page, LearningCurve curve)
    {
        page.Markup("<div class=\"panel\"><h2>Learning curve</h2>");
        double lowest = curve.Points.Min(point => point.Accuracy);
        var chart = new ShareChart(page, Math.Clamp(Math.Floor(lowest / AxisStep) * AxisStep, 0, 1 - AxisStep));
        chart.Begin("Accuracy by share of the training images");
        chart.Curve([.. curve.Points.Select(point => (point.Share, point.Accuracy))]);
        chart.End(
            "share of the training images",
            "Accuracy on the same held-out images. Where the curve still rises at its end, more images should help."
                + (curve.NotMeasured is { } left ? $" N{left[1..]}." : ""),
            ["Share", "Images", "Accuracy"],
            curve.Points.Select(point => new[]
            {
                ReportPage.Percent(point.Share), ReportPage.Count(point.Images), ReportPage.Percent(point.Accuracy),
            }));
        page.Markup("</div>");
    }
}
