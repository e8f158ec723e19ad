using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary>The probabilities that a model gives for pictures.</summary>
internal static class PictureAnswers
{
    private const int WorstImages = 12;

    /// <summary>Runs a model over pictures.</summary>
    /// <returns>The probabilities of each picture's classes; null for a picture that cannot be read.</returns>
    public static float[]?[] Of(PictureSession session, IReadOnlyList<CalibrationImage> images, string step, PictureWorkers workers)
    {
        float[]?[] answers = new float[images.Count][];
        workers.ForEachPicture(
            step,
            images,
            static () => 0,
            (index, pixels, _) => answers[index] = session.Probabilities(pixels),
            static _ => { });
        return answers;
    }

    /// <summary>Compares the answers of two models; pictures that either has none for are left out.</summary>
    public static ModelComparison Compare(
        IReadOnlyList<CalibrationImage> images, float[]?[] floats, float[]?[] eightBits, IReadOnlyList<string> labels)
    {
        List<ComparedImage> compared = [];
        int[] labelled = [.. Enumerable.Range(0, images.Count).Where(i => IsAnswered(i) && images[i].Label is not null)];
        for (int i = 0; i < images.Count; i++)
        {
            if (floats[i] is { } expected && eightBits[i] is { } actual)
            {
                (int before, int after) = (First(expected), First(actual));
                compared.Add(new ComparedImage(
                    images[i], Label(before), expected[before], Label(after), actual[after], MathF.Abs(expected[before] - actual[before])));
            }
        }

        return new ModelComparison
        {
            Images = compared.Count,
            SameLabel = compared.Count(IsSame) / (double)compared.Count,
            MeanDifference = compared.Average(static image => (double)image.Difference),
            Accuracy = labelled.Length == 0 ? null : new ComparedAccuracy(
                labelled.Length, Accuracy(floats, 1), Accuracy(eightBits, 1), Accuracy(floats, 5), Accuracy(eightBits, 5)),
            Worst =
            [
                .. compared.OrderBy(IsSame).ThenByDescending(static image => image.Difference)
                    .Where(static image => !IsSame(image) || image.Difference > 0).Take(WorstImages),
            ],
        };

        bool IsAnswered(int image) => floats[image] is not null && eightBits[image] is not null;

        string Label(int index) => labels.Count > 0 ? labels[index] : index.ToString(CultureInfo.InvariantCulture);

        double Accuracy(float[]?[] answers, int first)
        {
            int most = answers[labelled[0]]!.Length > 5 ? first : 1;
            return labelled.Count(i => Rank(answers[i]!, IndexOf(images[i].Label!)) < most) / (double)labelled.Length;
        }

        int IndexOf(string label) => Enumerable.Range(0, labels.Count).First(index => labels[index] == label);
    }

    /// <summary>The class with the highest probability, the first of equals.</summary>
    public static int First(float[] probabilities) => Array.IndexOf(probabilities, probabilities.Max());

    private static bool IsSame(ComparedImage image) => image.FloatLabel == image.EightBitLabel;

    /// <summary>How many classes come before one.</summary>
    private static int Rank(float[] probabilities, int index) =>
        probabilities.Where((probability, other) => probability > probabilities[index] || (probability == probabilities[index] && other < index))
            .Count();
}
