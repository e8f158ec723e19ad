namespace MlNetMobileViT.Tool;

/// <summary>How good predictions are, by the definitions of scikit-learn, in double precision.</summary>
/// <remarks>
/// <para>What there are no pictures to say of is NaN: everything, where there is no prediction at all.</para>
/// <para>
/// Precision, recall and F1 of a class are 0 where they would be 0/0 (<c>zero_division=0</c>): the precision of a class that was never
/// predicted, the recall of one that there is no picture of. Means are over the classes that occur, as truth or as prediction.
/// </para>
/// </remarks>
internal sealed class ClassificationMetrics
{
    /// <summary>
    /// What the logarithm sees of a probability at least, and of its complement: the epsilon of single precision, which is where
    /// scikit-learn clips probabilities of that type. A class that was ruled out costs 15.9, not infinity.
    /// </summary>
    public const double LeastProbability = 1.0 / (1 << 23);

    private readonly long[] _ranks;

    /// <param name="classes">The number of classes.</param>
    /// <param name="predictions">The predictions; their classes are below that number.</param>
    public ClassificationMetrics(int classes, IReadOnlyCollection<LabeledPrediction> predictions)
    {
        long[] seen = new long[classes];
        long[] predicted = new long[classes];
        long[] right = new long[classes];
        _ranks = new long[classes + 1];
        double loss = 0;
        foreach (LabeledPrediction prediction in predictions)
        {
            seen[prediction.Truth]++;
            predicted[prediction.Predicted]++;
            right[prediction.Truth] += prediction.IsRight ? 1 : 0;
            _ranks[prediction.TruthRank]++;
            loss -= Math.Log(Math.Clamp(prediction.TruthProbability, LeastProbability, 1 - LeastProbability));
        }

        Count = predictions.Count;
        Accuracy = (double)right.Sum() / Count;
        LogLoss = loss / Count;
        Calibration = new CalibrationCurve(predictions);
        Classes = [.. Enumerable.Range(0, classes).Select(i => new ClassScores(seen[i], predicted[i], right[i]))];
        Occurring = [.. Enumerable.Range(0, classes).Where(i => seen[i] + predicted[i] > 0)];
        Macro = Mean(static _ => 1);
        Weighted = Mean(static scores => scores.Support);
        BalancedAccuracy = Classes.Where(scores => scores.Support > 0).Select(scores => scores.Recall).DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>The number of predictions.</summary>
    public int Count { get; }

    /// <summary>The share of right predictions.</summary>
    public double Accuracy { get; }

    /// <summary>The mean of the classes' recalls, over the classes that there are pictures of.</summary>
    public double BalancedAccuracy { get; }

    /// <summary>
    /// The mean of the negative natural logarithm of the probability of the truth, clipped to <see cref="LeastProbability"/> and its
    /// complement.
    /// </summary>
    public double LogLoss { get; }

    /// <summary>How far probabilities are shares of right predictions.</summary>
    public CalibrationCurve Calibration { get; }

    /// <summary>The scores of each class.</summary>
    public IReadOnlyList<ClassScores> Classes { get; }

    /// <summary>The classes that there are pictures or predictions of.</summary>
    public IReadOnlyList<int> Occurring { get; }

    /// <summary>The mean over the classes that occur.</summary>
    public MeanScores Macro { get; }

    /// <summary>The mean over the classes, each as often as there are pictures of it.</summary>
    public MeanScores Weighted { get; }

    /// <summary>The share of pictures whose truth is among the <paramref name="k"/> most likely classes.</summary>
    /// <param name="k">From 1; from the number of classes on, every picture counts.</param>
    public double TopAccuracy(int k) => (double)_ranks.Take(Math.Min(k, Classes.Count) + 1).Sum() / Count;

    private MeanScores Mean(Func<ClassScores, double> weightOf)
    {
        double all = Occurring.Sum(i => weightOf(Classes[i]));
        return new MeanScores(
            Occurring.Sum(i => weightOf(Classes[i]) * Classes[i].Precision) / all,
            Occurring.Sum(i => weightOf(Classes[i]) * Classes[i].Recall) / all,
            Occurring.Sum(i => weightOf(Classes[i]) * Classes[i].F1) / all);
    }
}

/// <summary>How well one class was found.</summary>
/// <param name="Support">The number of its pictures.</param>
/// <param name="Predicted">The number of pictures that were taken for it.</param>
/// <param name="Right">The number of its pictures that were taken for it.</param>
internal sealed record ClassScores(long Support, long Predicted, long Right)
{
    /// <summary>The share of its own pictures among those that were taken for it.</summary>
    public double Precision => Share(Right, Predicted);

    /// <summary>The share of its pictures that were taken for it.</summary>
    public double Recall => Share(Right, Support);

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 => Share(2 * Right, Support + Predicted);

    /// <summary>The number of pictures that were missed, or wrongly taken for it.</summary>
    public long Mistakes => Support + Predicted - (2 * Right);

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}

/// <summary>Means of the classes' scores.</summary>
internal readonly record struct MeanScores(double Precision, double Recall, double F1);
