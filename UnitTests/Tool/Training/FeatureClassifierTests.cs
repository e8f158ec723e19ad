using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Features that there is nothing to learn from.</summary>
[TestClass]
public sealed class FeatureClassifierTests
{
    private const int Width = 8;

    [TestMethod]
    [DataRow("lbfgs")]
    [DataRow("sdca")]
    [DataRow("lightgbm")]
    [DataRow("knn")]
    public void Features_that_are_all_the_same_are_refused(string trainer)
    {
        foreach (float value in new[] { 0, 0.5f })
        {
            Assert.Contains(
                "All 40 images to train on have the same features",
                Refused(trainer, 40, (_, column) => value * column).Message);
        }
    }

    [TestMethod]
    [DataRow("lbfgs", float.NaN)]
    [DataRow("sdca", float.PositiveInfinity)]
    [DataRow("lightgbm", float.NaN)]
    [DataRow("lightgbm", float.NegativeInfinity)]
    [DataRow("knn", float.NaN)]
    public void Numbers_that_are_none_are_refused(string trainer, float value)
    {
        Assert.Contains(
            "features of 1 of 40 images are not all numbers",
            Refused(trainer, 40, (row, column) => (row, column) == (3, 2) ? value : row % 2).Message);
        Assert.Contains("features of 40 of 40 images", Refused(trainer, 40, (_, _) => value).Message);
    }

    [TestMethod]
    [DataRow("lbfgs")]
    [DataRow("sdca")]
    public void What_a_trainer_throws_becomes_a_sentence_with_a_way_out(string trainer)
    {
        // Numbers so small that ML.NET's normalisation divides by nothing.
        string message = Refused(trainer, 40, (row, column) => ((row % 2) + (column / 10f)) * 1e-40f).Message;
        Assert.Contains($"The trainer '{trainer}' cannot learn from the features of these 40 images", message);
        Assert.EndsWith("Add images, or take another --trainer, --layer or --model.", message);
    }

    [TestMethod]
    [DataRow("lbfgs", 40, 2, DisplayName = "lbfgs: features that say nothing of the class")]
    [DataRow("lightgbm", 40, 2, DisplayName = "LightGBM: features that say nothing of the class")]
    [DataRow("lightgbm", 8, 1, DisplayName = "LightGBM: too few images for a split")]
    public void A_classifier_that_learned_nothing_says_so(string trainer, int rows, int rowsOfEqualFeatures)
    {
        LightGbmLibrary.SkipWhereMissing(trainer);
        var (classifier, features, labels) = Make(trainer, rows, (row, _) => row / rowsOfEqualFeatures % 2);
        string? sentence = classifier.NothingLearned(classifier.Fit(new LabeledFeatures(features, labels)), features);
        Assert.IsNotNull(sentence);
        Assert.Contains($"learned nothing: it takes every one of the {rows} images that it was trained on for 'a'", sentence);
        Assert.AreEqual(trainer == "lightgbm", sentence.EndsWith("take --trainer lbfgs.", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("lbfgs")]
    [DataRow("sdca")]
    [DataRow("lightgbm")]
    [DataRow("knn")]
    public void Large_numbers_are_learned_from(string trainer)
    {
        LightGbmLibrary.SkipWhereMissing(trainer);
        var (classifier, features, labels) = Make(trainer, 40, (row, _) => row % 2 == 0 ? -3e38f : 3e38f);
        var trained = classifier.Fit(new LabeledFeatures(features, labels));
        CollectionAssert.AreEqual(labels, classifier.Predict(trained, features).ToArray());
        Assert.IsNull(classifier.NothingLearned(trained, features));
    }

    private static CommandException Refused(string trainer, int rows, Func<int, int, float> feature)
    {
        var (classifier, features, labels) = Make(trainer, rows, feature);
        return Assert.ThrowsExactly<CommandException>(() => classifier.Fit(new LabeledFeatures(features, labels)));
    }

    /// <summary>Rows in two classes, in turn.</summary>
    private static (FeatureClassifier Classifier, float[][] Features, string[] Labels) Make(
        string trainer, int rows, Func<int, int, float> feature) =>
        (
            new FeatureClassifier(FeatureTrainer.Of(trainer), seed: 1),
            [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, Width).Select(column => feature(row, column)).ToArray())],
            [.. Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? "a" : "b")]);
}
