namespace MlNetMobileViT.Tool;

/// <summary>
/// How often predictions of some probability are right: of those of 80 %, four of five should be. After Guo et al., "On Calibration
/// of Modern Neural Networks" (2017): 15 bins of equal width, each without its lower and with its upper end.
/// </summary>
internal sealed class CalibrationCurve
{
    /// <summary>The number of bins.</summary>
    public const int BinCount = 15;

    /// <param name="predictions">The predictions; the probability that counts is that of the predicted class.</param>
    public CalibrationCurve(IReadOnlyCollection<LabeledPrediction> predictions)
    {
        long[] counts = new long[BinCount];
        long[] right = new long[BinCount];
        double[] confidence = new double[BinCount];
        foreach (LabeledPrediction prediction in predictions)
        {
            int bin = 0;
            while (bin < BinCount - 1 && prediction.Probability > UpperOf(bin))
            {
                bin++;
            }

            counts[bin]++;
            right[bin] += prediction.IsRight ? 1 : 0;
            confidence[bin] += prediction.Probability;
        }

        Bins =
        [
            .. Enumerable.Range(0, BinCount).Select(i => new CalibrationBin(
                UpperOf(i - 1), UpperOf(i), counts[i], confidence[i] / counts[i], (double)right[i] / counts[i])),
        ];
        ExpectedError = Bins.Where(bin => bin.Count > 0).Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / predictions.Count;
    }

    /// <summary>The bins, from 0 to 1.</summary>
    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>The expected calibration error: the mean of the bins' gaps, each as often as it has predictions.</summary>
    public double ExpectedError { get; }

    private static double UpperOf(int bin) => (bin + 1.0) / BinCount;
}

/// <summary>The predictions whose probability is in one range.</summary>
/// <param name="Lower">The lower end, which is not in it but for 0.</param>
/// <param name="Upper">The upper end, which is in it.</param>
/// <param name="Count">The number of predictions.</param>
/// <param name="Confidence">Their mean probability; NaN where there are none.</param>
/// <param name="Accuracy">The share of right ones; NaN where there are none.</param>
internal sealed record CalibrationBin(double Lower, double Upper, long Count, double Confidence, double Accuracy);
