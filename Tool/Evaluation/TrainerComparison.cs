namespace MlNetMobileViT.Tool;

/// <summary>Trainers, measured on the same folds.</summary>
/// <param name="Folds">The number of folds.</param>
/// <param name="IsUnbalanced">Whether the classes have different numbers of pictures, so that the mean of the classes says more.</param>
/// <param name="Trainers">The trainers, in the order of the list.</param>
internal sealed record TrainerComparison(int Folds, bool IsUnbalanced, IReadOnlyList<TrainerScore> Trainers)
{
    /// <summary>
    /// The trainer with the highest mean accuracy; of equal ones that with the lower log loss, and then the first. Null where none could
    /// be measured.
    /// </summary>
    public TrainerScore? Best => Trainers.Where(trainer => trainer.Scores is not null)
        // The last digits of a mean depend on the order of the folds.
        .OrderByDescending(trainer => Math.Round(trainer.Scores!.Accuracy, 12)).ThenBy(trainer => trainer.Scores!.LogLoss).FirstOrDefault();

    /// <summary>The heading of the table: trainer, accuracy, the mean of the classes where that is another number, log loss, seconds.</summary>
    public IReadOnlyList<string> Header =>
        ["Trainer", "Accuracy", .. IsUnbalanced ? ["Mean of the classes"] : Array.Empty<string>(), "Log loss", "Seconds"];

    /// <summary>The trainers that could not be measured, and why.</summary>
    public IEnumerable<(string Trainer, string Reason)> LeftOut =>
        Trainers.Where(trainer => trainer.Reason is not null).Select(trainer => (trainer.Name, trainer.Reason!));

    /// <summary>The cells of a trainer's row.</summary>
    public IReadOnlyList<string> CellsOf(TrainerScore trainer) =>
        trainer.Scores is { } scores
            ?
            [
                trainer.Name,
                Invariant($"{100 * scores.Accuracy:0.0} ± {100 * scores.AccuracyDeviation:0.0} %"),
                .. IsUnbalanced ? [ModelSummary.Percent(scores.BalancedAccuracy)] : Array.Empty<string>(),
                EvaluationTables.Loss(scores.LogLoss),
                Invariant($"{trainer.Time.TotalSeconds:0.0}"),
            ]
            : [trainer.Name, "–", .. IsUnbalanced ? ["–"] : Array.Empty<string>(), "–", "–"];

    /// <summary>Says which trainer was taken.</summary>
    public string Choice => $"taken: {Best?.Name}";

    /// <summary>Prints the table.</summary>
    public void Write(Terminal terminal)
    {
        var table = new TextTable([.. Header]);
        foreach (TrainerScore trainer in Trainers)
        {
            table.Add([.. CellsOf(trainer)]);
        }

        table.Write(terminal);
        terminal.WriteLine($"mean ± standard deviation over {Folds} folds; {Choice}");
        terminal.WriteLine();
    }
}

/// <summary>What was measured of a trainer.</summary>
/// <param name="Name">The trainer.</param>
/// <param name="Scores">How good it was; null where it could not be measured.</param>
/// <param name="Time">How long training and measuring took, over all folds.</param>
/// <param name="Reason">Why it could not be measured, or null.</param>
internal sealed record TrainerScore(string Name, FoldScores? Scores, TimeSpan Time, string? Reason);
