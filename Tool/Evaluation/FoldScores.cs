namespace MlNetMobileViT.Tool;

/// <summary>How good predictions are over the folds of a cross-validation: each number is the mean of the folds.</summary>
/// <param name="folds">What was measured on each fold, of pictures that the others were trained for.</param>
internal sealed class FoldScores(IReadOnlyList<ClassificationMetrics> folds)
{
    /// <summary>The share of right predictions.</summary>
    public double Accuracy => folds.Average(fold => fold.Accuracy);

    /// <summary>By how much the accuracy differs from fold to fold: the sample's standard deviation, over n − 1; NaN of one fold.</summary>
    public double AccuracyDeviation =>
        Math.Sqrt(folds.Sum(fold => (fold.Accuracy - Accuracy) * (fold.Accuracy - Accuracy)) / (folds.Count - 1));

    /// <summary>The mean of the classes' recalls.</summary>
    public double BalancedAccuracy => folds.Average(fold => fold.BalancedAccuracy);

    /// <summary>The log loss.</summary>
    public double LogLoss => folds.Average(fold => fold.LogLoss);
}
