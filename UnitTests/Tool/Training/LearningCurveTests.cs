using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LearningCurveTests
{
    [TestMethod]
    public void A_part_has_the_share_of_each_class_and_grows()
    {
        string[] labels = [.. Enumerable.Repeat("a", 40), .. Enumerable.Repeat("b", 23), .. Enumerable.Repeat("c", 10)];
        int[] rows = [.. Enumerable.Range(0, labels.Length)];
        int[] tenth = LearningCurveRun.PartOf(rows, labels, 0.1, seed: 1)!;
        int[] quarter = LearningCurveRun.PartOf(rows, labels, 0.25, seed: 1)!;
        int[] half = LearningCurveRun.PartOf(rows, labels, 0.5, seed: 1)!;
        Assert.AreEqual("4 2 1", Counts(tenth));
        Assert.AreEqual("10 5 2", Counts(quarter));
        Assert.AreEqual("20 11 5", Counts(half));
        Assert.IsEmpty(tenth.Except(quarter));
        Assert.IsEmpty(quarter.Except(half));
        Assert.HasCount(7, tenth.Distinct().ToArray());
        CollectionAssert.AreEqual(rows, LearningCurveRun.PartOf(rows, labels, 1, seed: 1));
        CollectionAssert.AreNotEqual(tenth, LearningCurveRun.PartOf(rows, labels, 0.1, seed: 2));
        Assert.IsNull(LearningCurveRun.PartOf(rows[..^1], labels, 0.1, seed: 1));

        string Counts(int[] part) => string.Join(' ', "abc".Select(label => part.Count(row => labels[row][0] == label)));
    }

    [TestMethod]
    public void Points_are_measured_on_what_is_held_out_and_the_last_is_the_whole()
    {
        LabeledFeatures examples = MadeFeatures.Of(("a", 60), ("b", 25));
        int[] fold = StratifiedFolds.Deal(examples.Labels, 5, seed: 1);
        var validation = new CrossValidation(examples, fold, [0]);
        HeldOutPredictions whole = validation.Measure(Classifier(), null, CancellationToken.None);
        LearningCurve curve = LearningCurveRun.Measure(validation, Classifier(), whole, seed: 1, CancellationToken.None);

        Assert.AreEqual(
            "10 % (6) 25 % (17) 50 % (34) 100 % (68)",
            string.Join(' ', curve.Points.Select(point => $"{100 * point.Share:0} % ({point.Images})")));
        Assert.AreEqual(whole.Metrics.Accuracy, curve.Points[^1].Accuracy);
        Assert.IsNull(curve.NotMeasured);
        int[] train = LearningCurveRun.PartOf([.. Enumerable.Range(0, 85).Where(i => fold[i] != 0)], examples.Labels, 0.25, seed: 1)!;
        int[] test = [.. Enumerable.Range(0, 85).Where(i => fold[i] == 0)];
        FeatureClassifier plain = Classifier();
        var predicted = plain.Predict(plain.Fit(examples.Take(train)), examples.Take(test).Vectors);
        Assert.AreEqual((double)test.Zip(predicted).Count(pair => examples.Labels[pair.First] == pair.Second) / 17, curve.Points[1].Accuracy, 1e-9);
        Assert.StartsWith("10 % of the training images (6): ", curve.ToString());
        Assert.Contains("%, 25 % (17): ", curve.ToString());
    }

    [TestMethod]
    public void Shares_that_leave_a_class_without_pictures_are_left_out_and_said()
    {
        LearningCurve some = Of(3, ("a", 30), ("b", 6));
        Assert.AreEqual("not measured: 10 %, which would leave a class without images", some.NotMeasured);
        Assert.HasCount(3, some.Points);
        LearningCurve none = Of(2, ("a", 2), ("b", 2));
        Assert.HasCount(1, none.Points);
        Assert.AreEqual("not measured: 10 %, 25 %, 50 %, which would leave a class without images", none.ToString());

        static LearningCurve Of(int folds, params (string, int)[] classes)
        {
            LabeledFeatures examples = MadeFeatures.Of(classes);
            var validation = new CrossValidation(examples, StratifiedFolds.Deal(examples.Labels, folds, seed: 1), [.. Enumerable.Range(0, folds)]);
            return LearningCurveRun.Measure(
                validation, Classifier(), validation.Measure(Classifier(), null, CancellationToken.None), seed: 1, CancellationToken.None);
        }
    }

    [TestMethod]
    public void Shares_after_which_images_have_no_prediction_are_left_out_and_said()
    {
        LabeledFeatures examples = MadeFeatures.Of(("a", 60), ("b", 60));
        int[] fold = StratifiedFolds.Deal(examples.Labels, 5, seed: 1);
        var validation = new CrossValidation(examples, fold, [0]);
        // A trainer without an answer for what is negative in the first place, as some held-out images are.
        var trainer = new FeatureTrainer("gaps", "", static (context, _, _) => context.Transforms
            .CustomMapping<Row, Row>(
                static (input, output) => output.Features = [.. input.Features.Select(value => input.Features[0] < 0 ? float.NaN : value)], null)
            .Append(context.MulticlassClassification.Trainers.NearestNeighbors()))
        {
            NormalizesFeatures = false,
        };
        var gaps = new FeatureClassifier(trainer, seed: 1);
        int negative = Enumerable.Range(0, examples.Count).Count(i => fold[i] == 0 && examples.Vectors[i][0] < 0);
        Assert.IsGreaterThan(0, negative);
        Assert.AreEqual(negative, validation.Measure(gaps, null, CancellationToken.None).Missing.Count());

        HeldOutPredictions whole = validation.Measure(Classifier(), null, CancellationToken.None);
        LearningCurve curve = LearningCurveRun.Measure(validation, gaps, whole, seed: 1, CancellationToken.None);
        Assert.HasCount(1, curve.Points);
        Assert.AreEqual(
            "not measured: 10 %, 25 %, 50 %, from which the trainer gives numbers that are none (NaN or infinite)", curve.NotMeasured);
    }

    private static FeatureClassifier Classifier() => new(FeatureTrainer.Of("knn"), seed: 1);

    private sealed class Row
    {
        [VectorType(MadeFeatures.Width)]
        public float[] Features { get; set; } = [];
    }
}
