using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class PictureAnswersTests
{
    private static readonly string[] Labels = ["a", "b", "c", "d", "e", "f", "g"];

    [TestMethod]
    public void Numbers_are_those_of_a_count_by_hand()
    {
        CalibrationImage[] images = [new("0", "a"), new("1", "b"), new("2", "g"), new("3"), new("4", "a")];
        float[]?[] floats =
        [
            [0.7f, 0.2f, 0.1f, 0, 0, 0, 0],
            [0.6f, 0.4f, 0, 0, 0, 0, 0],
            [0.3f, 0.25f, 0.2f, 0.1f, 0.08f, 0.05f, 0.02f],
            [0, 0, 0, 0, 0, 1, 0],
            null,
        ];
        float[]?[] eightBits =
        [
            [0.6f, 0.3f, 0.1f, 0, 0, 0, 0],
            [0.45f, 0.55f, 0, 0, 0, 0, 0],
            [0.3f, 0.25f, 0.2f, 0.1f, 0.05f, 0.04f, 0.06f],
            [0, 0, 0, 0, 0, 1, 0],
            null,
        ];
        ModelComparison comparison = PictureAnswers.Compare(images, floats, eightBits, Labels);
        Assert.AreEqual(4, comparison.Images);
        Assert.AreEqual(0.75, comparison.SameLabel);
        Assert.AreEqual((0.1 + 0.15 + 0 + 0) / 4, comparison.MeanDifference, 1e-6);
        Assert.AreEqual(new ComparedAccuracy(3, 1 / 3.0, 2 / 3.0, 2 / 3.0, 1), comparison.Accuracy);
        Assert.HasCount(2, comparison.Worst);
        Assert.AreEqual(("1", "a", "b"), (comparison.Worst[0].Image.Path, comparison.Worst[0].FloatLabel, comparison.Worst[0].EightBitLabel));
        Assert.AreEqual((0.6f, 0.55f), (comparison.Worst[0].FloatProbability, comparison.Worst[0].EightBitProbability));
        Assert.AreEqual(0.1f, comparison.Worst[1].Difference, 1e-6f);
    }

    [TestMethod]
    public void Without_labels_there_is_no_accuracy_and_classes_are_numbers()
    {
        ModelComparison comparison = PictureAnswers.Compare([new("0")], [[0.1f, 0.9f]], [[0.6f, 0.4f]], []);
        Assert.IsNull(comparison.Accuracy);
        Assert.AreEqual(("1", "0"), (comparison.Worst[0].FloatLabel, comparison.Worst[0].EightBitLabel));
    }
}
