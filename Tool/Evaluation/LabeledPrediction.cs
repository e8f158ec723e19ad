namespace MlNetMobileViT.Tool;

/// <summary>What a classifier said of one picture whose class is known; classes are numbered in the order of the classifier.</summary>
/// <param name="Truth">The class that the picture is of.</param>
/// <param name="Predicted">The class that it was taken for.</param>
/// <param name="Probability">The probability of <paramref name="Predicted"/>.</param>
/// <param name="TruthProbability">The probability of <paramref name="Truth"/>.</param>
/// <param name="TruthRank">The place of <paramref name="Truth"/> among the classes, the most likely first, from 1.</param>
internal readonly record struct LabeledPrediction(
    int Truth, int Predicted, double Probability, double TruthProbability, int TruthRank)
{
    public bool IsRight => Truth == Predicted;

    /// <summary>Reads a prediction off the probabilities of all classes.</summary>
    /// <remarks>
    /// Of classes with the same probability the first ranks first, as in a stable sort: one is predicted, and each has a rank of its
    /// own, so that a classifier that says the same of every class gains nothing by it.
    /// </remarks>
    /// <param name="truth">The class that the picture is of.</param>
    /// <param name="probabilities">The probability of each class.</param>
    /// <returns>Null where a probability is NaN or infinite: nothing was predicted.</returns>
    public static LabeledPrediction? Of(int truth, ReadOnlySpan<float> probabilities)
    {
        int predicted = 0;
        int rank = 1;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (!float.IsFinite(probabilities[i]))
            {
                return null;
            }

            predicted = probabilities[i] > probabilities[predicted] ? i : predicted;
            bool isBefore = probabilities[i] > probabilities[truth] || (probabilities[i] == probabilities[truth] && i < truth);
            rank += isBefore ? 1 : 0;
        }

        return new LabeledPrediction(truth, predicted, probabilities[predicted], probabilities[truth], rank);
    }
}
