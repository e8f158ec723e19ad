using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>An evaluation in the terminal.</summary>
internal static class EvaluationTables
{
    private const int LargestMatrix = 24;
    private const int MaxPairs = 8;

    /// <summary>The log loss for people; a dash where there is none.</summary>
    public static string Loss(double loss) => double.IsNaN(loss) ? "–" : Invariant($"{loss:0.0000}");

    /// <summary>Prints the matrix where it fits, the most confused pairs, the means and the classes.</summary>
    public static void Write(Terminal terminal, Evaluation evaluation)
    {
        if (evaluation.Metrics.Count == 0)
        {
            return;
        }

        WriteMatrix(terminal, evaluation);
        WriteConfused(terminal, evaluation);
        WriteMeans(terminal, evaluation.Metrics);
        WriteClasses(terminal, evaluation);
    }

    private static void WriteMatrix(Terminal terminal, Evaluation evaluation)
    {
        IReadOnlyList<int> occurring = evaluation.Metrics.Occurring;
        if (occurring.Count > LargestMatrix)
        {
            return;
        }

        terminal.WriteLine("Confusion (rows: the truth; columns: the prediction, in the same order)");
        var table = new TextTable([.. Enumerable.Repeat("", occurring.Count + 2)]);
        foreach (int truth in occurring)
        {
            ClassScores scores = evaluation.Metrics.Classes[truth];
            table.Add(
            [
                evaluation.Labels[truth],
                .. occurring.Select(predicted => evaluation.CountOf(truth, predicted) is > 0 and int count
                    ? count.ToString(CultureInfo.InvariantCulture)
                    : "."),
                scores.Support == 0 ? "" : ModelSummary.Percent(scores.Recall),
            ]);
        }

        table.Write(terminal);
        terminal.WriteLine();
    }

    private static void WriteConfused(Terminal terminal, Evaluation evaluation)
    {
        var confused = evaluation.Confused.Take(MaxPairs).ToArray();
        if (confused.Length == 0)
        {
            return;
        }

        var table = new TextTable("Most confused", "images");
        foreach (var (truth, predicted, count) in confused)
        {
            table.Add(
                $"{evaluation.Labels[truth]} taken for {evaluation.Labels[predicted]}", count.ToString(CultureInfo.InvariantCulture));
        }

        table.Write(terminal);
        terminal.WriteLine();
    }

    private static void WriteMeans(Terminal terminal, ClassificationMetrics metrics)
    {
        var table = new TextTable("Mean of the classes", "Precision", "Recall", "F1");
        foreach (var (name, mean) in new[] { ("macro", metrics.Macro), ("weighted by images", metrics.Weighted) })
        {
            table.Add(name, ModelSummary.Percent(mean.Precision), ModelSummary.Percent(mean.Recall), ModelSummary.Percent(mean.F1));
        }

        table.Write(terminal);
        terminal.WriteLine(
            $"log loss {Loss(metrics.LogLoss)}, expected calibration error {ModelSummary.Percent(metrics.Calibration.ExpectedError)} "
            + $"({CalibrationCurve.BinCount} bins)");
        terminal.WriteLine();
    }

    private static void WriteClasses(Terminal terminal, Evaluation evaluation)
    {
        int[] perfect = [.. evaluation.Perfect];
        // One class alone is as short in a row of the table.
        bool folds = perfect.Length > 1;
        int[] listed = [.. evaluation.Imperfect, .. folds ? [] : perfect];
        if (listed.Length > 0)
        {
            var table = new TextTable("Class, the hardest first", "Images", "Precision", "Recall", "F1");
            foreach (int label in listed)
            {
                ClassScores scores = evaluation.Metrics.Classes[label];
                table.Add(
                    evaluation.Labels[label],
                    scores.Support.ToString("N0", CultureInfo.InvariantCulture),
                    ModelSummary.Percent(scores.Precision),
                    ModelSummary.Percent(scores.Recall),
                    ModelSummary.Percent(scores.F1));
            }

            table.Write(terminal);
        }

        if (folds)
        {
            long images = perfect.Sum(label => evaluation.Metrics.Classes[label].Support);
            terminal.WriteLine(Invariant(
                $"{(listed.Length == 0 ? "all" : "the other")} {perfect.Length:N0} classes, {images:N0} images: without a mistake"));
        }
    }
}
