using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ClassWeightsTests
{
    [TestMethod]
    public void Balanced_weights_are_scikit_learns()
    {
        string[] labels = ["a", "a", "b", "a", "c", "a", "a", "b"];
        var weights = ClassWeights.BalancedOf(labels);
        // n_samples / (n_classes * count)
        Assert.AreEqual(8.0 / (3 * 5), weights["a"], 1e-7);
        Assert.AreEqual(8.0 / (3 * 2), weights["b"], 1e-7);
        Assert.AreEqual(8.0 / (3 * 1), weights["c"], 1e-7);
        Assert.AreEqual(8, labels.Sum(label => weights[label]), 1e-5);
    }

    /// <summary>Of the pictures with the feature, 40 are of the frequent class and 16, of 20, of the rare one.</summary>
    [TestMethod]
    [DataRow("lbfgs")]
    [DataRow("sdca")]
    [DataRow("lightgbm")]
    public void Each_trainer_takes_a_rare_class_for_as_frequent_with_them(string trainer)
    {
        LightGbmLibrary.SkipWhereMissing(trainer);
        var train = new LabeledFeatures(
            [.. Rows(160, 0), .. Rows(40, 1), .. Rows(4, 0), .. Rows(16, 1)],
            [.. Enumerable.Repeat("a", 200), .. Enumerable.Repeat("b", 20)]);
        // 16 of 56; with weights of 220/(2·20) and 220/(2·200), 88 of 110. Regularisation pulls towards the middle, SDCA's most.
        Assert.AreEqual(16 / 56.0, RareProbability(isBalanced: false), 0.1);
        Assert.AreEqual(88 / 110.0, RareProbability(isBalanced: true), 0.1);

        float RareProbability(bool isBalanced)
        {
            var classifier = new FeatureClassifier(FeatureTrainer.Of(trainer), seed: 1, isBalanced);
            return classifier.Probabilities(classifier.Fit(train), Rows(1, 1), ["a", "b"])[0][1];
        }

        static float[][] Rows(int count, float feature) => [.. Enumerable.Range(0, count).Select(_ => new[] { 1, feature })];
    }

    [TestMethod]
    public void Neighbours_vote_with_the_weight_of_their_class()
    {
        // The same cosine to all four, so that only weights count: 4/(2·3) three times, and 4/(2·1).
        var train = new LabeledFeatures([[1, 1], [1, -1], [1, 1], [1, 1]], ["a", "a", "a", "b"]);
        Assert.AreEqual(0.25, RareProbability(isBalanced: false), 1e-6);
        Assert.AreEqual(0.5, RareProbability(isBalanced: true), 1e-6);

        float RareProbability(bool isBalanced)
        {
            var classifier = new FeatureClassifier(FeatureTrainer.Of("knn"), seed: 1, isBalanced);
            return classifier.Probabilities(classifier.Fit(train), [[1, 0]], ["a", "b"])[0][1];
        }
    }
}
