using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Metrics against the plainest computation of their definitions, and where definitions have their edges.</summary>
[TestClass]
public sealed class ClassificationMetricsTests
{
    private const double Tolerance = 1e-12;

    [TestMethod]
    [DataRow(1, 3, 400)]
    [DataRow(2, 7, 31)]
    [DataRow(3, 10, 5)] // Classes without a picture, and without a prediction.
    [DataRow(4, 2, 1)]
    [DataRow(5, 1, 4)]
    public void All_numbers_are_those_of_a_plain_computation(int seed, int classes, int count)
    {
        var random = new Random(seed);
        var truth = new int[count];
        var rows = new float[count][];
        for (int i = 0; i < count; i++)
        {
            truth[i] = random.Next(classes);
            // Coarse numbers, so that there are ties, and some that lie on the ends of bins.
            float[] weights = [.. Enumerable.Range(0, classes).Select(_ => (float)random.Next(6))];
            weights[random.Next(classes)] += 1;
            rows[i] = [.. weights.Select(weight => weight / weights.Sum())];
        }

        ClassificationMetrics metrics = Of(classes, truth, rows);

        // A sort that keeps the order of equals.
        int[][] ranked = [.. rows.Select(row => Enumerable.Range(0, classes).OrderByDescending(label => row[label]).ToArray())];
        double Share(Func<int, bool> holds) => (double)Enumerable.Range(0, count).Count(holds) / count;
        Assert.AreEqual(Share(i => ranked[i][0] == truth[i]), metrics.Accuracy, Tolerance);
        for (int k = 1; k <= classes + 1; k++)
        {
            Assert.AreEqual(Share(i => ranked[i].Take(k).Contains(truth[i])), metrics.TopAccuracy(k), Tolerance);
        }

        double epsilon = Math.Pow(2, -23);
        double expectedLoss = Enumerable.Range(0, count).Average(i => -Math.Log(Math.Min(Math.Max(rows[i][truth[i]], epsilon), 1 - epsilon)));
        Assert.AreEqual(expectedLoss, metrics.LogLoss, Tolerance);

        int[] occurring = [.. truth.Concat(ranked.Select(row => row[0])).Distinct().Order()];
        CollectionAssert.AreEqual(occurring, metrics.Occurring.ToArray());
        var scores = occurring.Select(label =>
        {
            double right = Enumerable.Range(0, count).Count(i => truth[i] == label && ranked[i][0] == label);
            double seen = truth.Count(one => one == label);
            double precision = ranked.All(row => row[0] != label) ? 0 : right / ranked.Count(row => row[0] == label);
            double recall = seen == 0 ? 0 : right / seen;
            return (precision, recall, F1: precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), seen);
        }).ToArray();
        for (int i = 0; i < occurring.Length; i++)
        {
            ClassScores own = metrics.Classes[occurring[i]];
            Assert.AreEqual(scores[i].precision, own.Precision, Tolerance);
            Assert.AreEqual(scores[i].recall, own.Recall, Tolerance);
            Assert.AreEqual(scores[i].F1, own.F1, Tolerance);
            Assert.AreEqual((long)scores[i].seen, own.Support);
        }

        Assert.AreEqual(scores.Average(one => one.precision), metrics.Macro.Precision, Tolerance);
        Assert.AreEqual(scores.Average(one => one.recall), metrics.Macro.Recall, Tolerance);
        Assert.AreEqual(scores.Average(one => one.F1), metrics.Macro.F1, Tolerance);
        Assert.AreEqual(scores.Sum(one => one.seen * one.precision) / count, metrics.Weighted.Precision, Tolerance);
        Assert.AreEqual(scores.Sum(one => one.seen * one.recall) / count, metrics.Weighted.Recall, Tolerance);
        Assert.AreEqual(scores.Sum(one => one.seen * one.F1) / count, metrics.Weighted.F1, Tolerance);
        Assert.AreEqual(scores.Where(one => one.seen > 0).Average(one => one.recall), metrics.BalancedAccuracy, Tolerance);

        double error = 0;
        for (int bin = 0; bin < 15; bin++)
        {
            int[] inside = [.. Enumerable.Range(0, count).Where(i => rows[i].Max() > bin / 15.0 && rows[i].Max() <= (bin + 1) / 15.0)];
            Assert.AreEqual((long)inside.Length, metrics.Calibration.Bins[bin].Count);
            error += inside.Length == 0 ? 0 : Math.Abs(
                inside.Sum(i => ranked[i][0] == truth[i] ? 1.0 : 0.0) - inside.Sum(i => (double)rows[i].Max()));
        }

        double measured = metrics.Calibration.ExpectedError;
        Assert.AreEqual(error / count, measured, Tolerance);
    }

    [TestMethod]
    public void Of_equal_probabilities_the_first_class_ranks_first()
    {
        float[] equal = [0.25f, 0.25f, 0.25f, 0.25f];
        Assert.AreEqual(new LabeledPrediction(2, 0, 0.25, 0.25, 3), LabeledPrediction.Of(2, equal));
        Assert.AreEqual(new LabeledPrediction(0, 0, 0.25, 0.25, 1), LabeledPrediction.Of(0, equal));
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void Numbers_that_are_none_predict_nothing(float value)
    {
        Assert.IsNull(LabeledPrediction.Of(0, [0.5f, value, 0.5f]));
        Assert.IsNull(LabeledPrediction.Of(1, [0.5f, value, 0.5f]));
    }

    [TestMethod]
    public void Certainty_costs_what_single_precision_can_say()
    {
        Assert.AreEqual(23 * Math.Log(2), Of(2, [0], [[0f, 1f]]).LogLoss, Tolerance);
        Assert.AreEqual(-Math.Log(1 - Math.Pow(2, -23)), Of(2, [1], [[0f, 1f]]).LogLoss, Tolerance);
    }

    [TestMethod]
    public void A_class_that_is_only_predicted_counts_in_the_macro_mean_and_not_in_the_weighted_one()
    {
        ClassificationMetrics metrics = Of(3, [0, 0], [[1f, 0f, 0f], [0f, 1f, 0f]]);
        Assert.AreEqual(0.5, metrics.Macro.Precision, Tolerance);
        Assert.AreEqual(0.25, metrics.Macro.Recall, Tolerance);
        Assert.AreEqual(1, metrics.Weighted.Precision, Tolerance);
        Assert.AreEqual(0.5, metrics.Weighted.Recall, Tolerance);
        Assert.AreEqual(0.5, metrics.BalancedAccuracy, Tolerance);
    }

    [TestMethod]
    public void Without_pictures_there_are_no_numbers()
    {
        ClassificationMetrics metrics = Of(3, [], []);
        Assert.IsEmpty(metrics.Occurring);
        foreach (double number in new[]
        {
            metrics.Accuracy, metrics.BalancedAccuracy, metrics.LogLoss, metrics.TopAccuracy(5), metrics.Macro.F1, metrics.Weighted.Precision,
            metrics.Calibration.ExpectedError,
        })
        {
            Assert.AreEqual(double.NaN, number);
        }
    }

    private static ClassificationMetrics Of(int classes, int[] truth, float[][] rows) =>
        new(classes, [.. truth.Zip(rows, (label, row) => LabeledPrediction.Of(label, row)!.Value)]);
}
