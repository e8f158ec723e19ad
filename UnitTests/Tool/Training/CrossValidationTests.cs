using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class CrossValidationTests
{
    [TestMethod]
    [DataRow(2)]
    [DataRow(5)]
    public void Every_picture_is_in_one_test_fold_and_the_shares_of_the_classes_are_kept(int folds)
    {
        var examples = MadeFeatures.Of(("a", 23), ("b", 11), ("c", 5));
        int[] fold = StratifiedFolds.Deal(examples.Labels, folds, seed: 4);
        HeldOutPredictions held = new CrossValidation(examples, fold, [.. Enumerable.Range(0, folds)])
            .Measure(Classifier("knn"), null, CancellationToken.None);

        Assert.HasCount(folds, held.Tests);
        CollectionAssert.AreEqual(Enumerable.Range(0, examples.Count).ToArray(), held.Tests.SelectMany(test => test).Order().ToArray());
        Assert.IsEmpty(held.Missing);
        foreach (var (label, count) in examples.Labels.CountBy(label => label))
        {
            foreach (int[] test in held.Tests)
            {
                int there = test.Count(i => examples.Labels[i] == label);
                Assert.IsTrue(there == count / folds || there == (count / folds) + 1, $"{there} of {count} '{label}'");
            }
        }

        CollectionAssert.AreEqual(fold, StratifiedFolds.Deal(examples.Labels, folds, seed: 4));
    }

    [TestMethod]
    public void Predictions_are_of_a_classifier_that_was_trained_without_them()
    {
        var examples = MadeFeatures.Of(("a", 14), ("b", 10));
        int[] fold = StratifiedFolds.Deal(examples.Labels, 3, seed: 1);
        HeldOutPredictions held = new CrossValidation(examples, fold, [0, 1, 2]).Measure(Classifier("lbfgs"), null, CancellationToken.None);
        var accuracies = new List<double>();
        var losses = new List<double>();
        for (int without = 0; without < 3; without++)
        {
            int[] train = [.. Enumerable.Range(0, 24).Where(i => fold[i] != without)];
            int[] test = [.. Enumerable.Range(0, 24).Where(i => fold[i] == without)];
            FeatureClassifier plain = Classifier("lbfgs");
            var predicted = plain.Probabilities(plain.Fit(examples.Take(train)), examples.Take(test).Vectors, ["a", "b"]);
            int right = 0;
            double loss = 0;
            for (int i = 0; i < test.Length; i++)
            {
                int truth = examples.Labels[test[i]] == "a" ? 0 : 1;
                Assert.AreEqual(predicted[i][truth], held.Predictions[test[i]]!.Value.TruthProbability, 1e-9);
                right += predicted[i][truth] > predicted[i][1 - truth] ? 1 : 0;
                loss -= Math.Log(predicted[i][truth]);
            }

            accuracies.Add((double)right / test.Length);
            losses.Add(loss / test.Length);
        }

        double mean = accuracies.Sum() / 3;
        Assert.AreEqual(mean, held.Scores.Accuracy, 1e-9);
        Assert.AreEqual(Math.Sqrt(accuracies.Sum(one => Math.Pow(one - mean, 2)) / 2), held.Scores.AccuracyDeviation, 1e-9);
        Assert.AreEqual(losses.Sum() / 3, held.Scores.LogLoss, 1e-6);
        Assert.AreNotEqual(1, mean, "Everything is right, so that nothing of this was tested.");
    }

    [TestMethod]
    public void The_best_has_the_highest_accuracy_then_the_lower_loss_then_the_first_place()
    {
        Assert.AreEqual("two", BestOf(("one", 0.5, 0.1), ("two", 0.75, 0.9)));
        Assert.AreEqual("two", BestOf(("one", 0.75, 0.5), ("two", 0.75, 0.25)));
        Assert.AreEqual("one", BestOf(("one", 0.75, 0.5), ("two", 0.75, 0.5)));
        // The same folds in another order: as sums of floating-point numbers, 2.4 and 2.4000000000000004.
        var inOrder = new TrainerScore("inOrder", new FoldScores([Fold(0.6, 0.5), Fold(0.8, 0.5), Fold(1, 0.5)]), TimeSpan.Zero, null);
        var shuffled = new TrainerScore("shuffled", new FoldScores([Fold(1, 0.75), Fold(0.6, 0.75), Fold(0.8, 0.75)]), TimeSpan.Zero, null);
        Assert.AreNotEqual(inOrder.Scores!.Accuracy, shuffled.Scores!.Accuracy);
        Assert.AreEqual("inOrder", new TrainerComparison(3, false, [shuffled, inOrder]).Best?.Name);
        var comparison = new TrainerComparison(2, false, [new TrainerScore("one", null, TimeSpan.Zero, "It cannot.")]);
        Assert.IsNull(comparison.Best);
        Assert.AreEqual(("one", "It cannot."), comparison.LeftOut.Single());

        static string? BestOf(params (string Name, double Accuracy, double Loss)[] trainers) => new TrainerComparison(
            2, false, [.. trainers.Select(one => new TrainerScore(one.Name, Scores(one.Accuracy, one.Loss), TimeSpan.Zero, null))]).Best?.Name;

        static FoldScores Scores(double accuracy, double loss) => new([Fold(accuracy, loss), Fold(accuracy, loss)]);

        // Twenty pictures, whose probabilities give that loss.
        static ClassificationMetrics Fold(double accuracy, double loss) => new(
            2,
            [
                .. Enumerable.Range(0, 20).Select(i =>
                {
                    bool isRight = i < Math.Round(20 * accuracy);
                    return new LabeledPrediction(0, isRight ? 0 : 1, 0.5, Math.Exp(-loss), isRight ? 1 : 2);
                }),
            ]);
    }

    [TestMethod]
    public void Trainers_are_compared_on_the_same_folds_and_a_run_is_repeatable()
    {
        LightGbmLibrary.SkipWhereMissing("lightgbm");
        var examples = MadeFeatures.Of(("a", 20), ("b", 12), ("c", 7));
        var validation = new CrossValidation(examples, StratifiedFolds.Deal(examples.Labels, 3, seed: 1), [0, 1, 2]);
        var (comparison, best) = validation.Compare(Classifier, CancellationToken.None);
        var (again, _) = validation.Compare(Classifier, CancellationToken.None);

        CollectionAssert.AreEqual(FeatureTrainer.All.Select(one => one.Name).ToArray(), comparison.Trainers.Select(one => one.Name).ToArray());
        Assert.IsTrue(comparison.IsUnbalanced);
        Assert.Contains("Mean of the classes", comparison.Header);
        foreach (var (one, other) in comparison.Trainers.Zip(again.Trainers))
        {
            // The table without the time.
            CollectionAssert.AreEqual(comparison.CellsOf(one).SkipLast(1).ToArray(), again.CellsOf(other).SkipLast(1).ToArray());
            Assert.HasCount(comparison.Header.Count, comparison.CellsOf(one));
            Assert.AreEqual(validation.Measure(Classifier(one.Name), null, CancellationToken.None).Scores.Accuracy, one.Scores!.Accuracy);
        }

        Assert.AreEqual(comparison.Trainers.Max(one => one.Scores!.Accuracy), best.Scores.Accuracy);
    }

    [TestMethod]
    public void Where_no_trainer_can_learn_the_reason_is_said()
    {
        var same = new LabeledFeatures([.. Enumerable.Range(0, 8).Select(_ => new float[] { 1, 2 })], [.. "aaaabbbb".Select(name => $"{name}")]);
        var validation = new CrossValidation(same, StratifiedFolds.Deal(same.Labels, 2, seed: 1), [0, 1]);
        Assert.Contains("have the same features", Assert.ThrowsExactly<CommandException>(
            () => validation.Compare(Classifier, CancellationToken.None)).Message);
    }

    [TestMethod]
    public void Two_pictures_a_class_are_enough_for_neighbours()
    {
        var examples = MadeFeatures.Of(("a", 2), ("b", 2), ("c", 2));
        HeldOutPredictions held = new CrossValidation(examples, StratifiedFolds.Deal(examples.Labels, 2, seed: 1), [0, 1])
            .Measure(Classifier("knn"), null, CancellationToken.None);
        Assert.AreEqual(6, held.Metrics.Count);
        // Three rows vote, all that there are.
        Assert.IsTrue(held.Predictions.All(prediction => prediction!.Value.Probability is > 1 / 3.0 and < 1));
    }

    private static FeatureClassifier Classifier(string trainer) => new(FeatureTrainer.Of(trainer), seed: 1);
}

/// <summary>Features that are made up: a direction for each class, and noise.</summary>
internal static class MadeFeatures
{
    public const int Width = 6;

    public static LabeledFeatures Of(params (string Label, int Count)[] classes)
    {
        var random = new Random(11);
        string[] labels = [.. classes.SelectMany(one => Enumerable.Repeat(one.Label, one.Count))];
        return new LabeledFeatures(
            [
                .. labels.Select(label => Enumerable.Range(0, Width)
                    .Select(i => (i == label[0] - 'a' ? 1.2f : 0) + (2 * random.NextSingle()) - 1).ToArray()),
            ],
            labels);
    }
}
