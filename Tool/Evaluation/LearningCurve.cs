namespace MlNetMobileViT.Tool;

/// <summary>The accuracy with a part of the training images: whether more of them would help.</summary>
/// <param name="Points">What was measured, from few images to all.</param>
/// <param name="LeftOut">The shares that could not be measured, and why.</param>
internal sealed record LearningCurve(IReadOnlyList<LearningPoint> Points, IReadOnlyList<(double Share, string Reason)> LeftOut)
{
    /// <summary>What could not be measured; null where there is nothing.</summary>
    public string? NotMeasured => LeftOut.Count == 0
        ? null
        : "not measured: " + string.Join("; ", LeftOut.GroupBy(left => left.Reason).Select(group =>
            $"{string.Join(", ", group.Select(left => Invariant($"{100 * left.Share:0} %")))}, {group.Key}"));

    /// <summary>The curve in one line, such as <c>10 % of the training images (16): 80.0 %, 25 % (40): 95.0 %</c>.</summary>
    public override string ToString()
    {
        // The accuracy with all images alone is no curve.
        string measured = Points.Count == 1 ? "" : string.Join(", ", Points.Select((point, i) => Invariant(
            $"{100 * point.Share:0} %{(i == 0 ? " of the training images" : "")} ({point.Images:N0}): {ModelSummary.Percent(point.Accuracy)}")));
        return string.Join("; ", new[] { measured, NotMeasured }.Where(part => !string.IsNullOrEmpty(part)));
    }
}

/// <summary>The accuracy with a part of the training images.</summary>
/// <param name="Share">The share of them.</param>
/// <param name="Images">How many those are; the mean of the folds.</param>
/// <param name="Accuracy">The accuracy, on the same held-out images for each share.</param>
internal sealed record LearningPoint(double Share, int Images, double Accuracy);
