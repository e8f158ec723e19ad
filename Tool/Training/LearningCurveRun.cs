namespace MlNetMobileViT.Tool;

/// <summary>Measures a classifier with parts of what there is to train on.</summary>
internal static class LearningCurveRun
{
    private static readonly double[] Parts = [0.1, 0.25, 0.5];

    /// <summary>Measures with 10, 25 and 50 % of the training images of each class; with all of them it has been measured.</summary>
    /// <param name="validation">What is held out.</param>
    /// <param name="classifier">The classifier.</param>
    /// <param name="whole">What it predicted after it was trained on everything.</param>
    /// <param name="seed">Makes the choice of images repeatable.</param>
    /// <param name="cancellationToken">Stops between two trainings.</param>
    public static LearningCurve Measure(
        CrossValidation validation, FeatureClassifier classifier, HeldOutPredictions whole, int seed, CancellationToken cancellationToken)
    {
        var points = new List<LearningPoint>();
        var leftOut = new List<(double, string)>();
        foreach (double share in Parts)
        {
            int[]?[] parts = [.. validation.TrainingSets.Select(rows => PartOf(rows, validation.Examples.Labels, share, seed))];
            if (parts.Contains(null))
            {
                leftOut.Add((share, "which would leave a class without images"));
                continue;
            }

            try
            {
                HeldOutPredictions predictions = validation.Measure(classifier, parts!, cancellationToken);
                if (predictions.Missing.Any())
                {
                    leftOut.Add((share, "from which the trainer gives numbers that are none (NaN or infinite)"));
                    continue;
                }

                points.Add(new LearningPoint(share, MeanCount(parts!), predictions.Metrics.Accuracy));
            }
            catch (CommandException)
            {
                leftOut.Add((share, "from which nothing can be learned"));
            }
        }

        points.Add(new LearningPoint(1, MeanCount(validation.TrainingSets), whole.Metrics.Accuracy));
        return new LearningCurve(points, leftOut);
    }

    /// <summary>
    /// A share of the images of each class, rounded down; a larger share has the images of a smaller one too. Null where a class would
    /// have none.
    /// </summary>
    /// <param name="rows">The images.</param>
    /// <param name="labels">The class of each image, by its number.</param>
    /// <param name="share">The share.</param>
    /// <param name="seed">Makes the choice repeatable.</param>
    public static int[]? PartOf(IReadOnlyList<int> rows, IReadOnlyList<string> labels, double share, int seed)
    {
        var random = new Random(seed);
        var part = new List<int>();
        foreach (var group in rows.GroupBy(row => labels[row]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int[] members = [.. group];
            int count = (int)((share * members.Length) + 1e-9);
            if (count == 0)
            {
                return null;
            }

            random.Shuffle(members);
            part.AddRange(members.Take(count));
        }

        // The order that they are in where all are taken.
        return [.. part.Order()];
    }

    private static int MeanCount(IEnumerable<int[]> sets) => (int)Math.Round(sets.Average(static set => set.Length));
}
