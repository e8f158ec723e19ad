namespace MlNetMobileViT.Conversion;

/// <summary>What two models say of the same pictures.</summary>
public sealed record ModelComparison
{
    /// <summary>The number of pictures.</summary>
    public required int Images { get; init; }

    /// <summary>The share of pictures for which both have the same first label, from 0 to 1.</summary>
    public required double SameLabel { get; init; }

    /// <summary>The mean over pictures of |Δ probability| of the float model's first label, from 0 to 1.</summary>
    public required double MeanDifference { get; init; }

    /// <summary>How often each is right; null where no picture has a label.</summary>
    public ComparedAccuracy? Accuracy { get; init; }

    /// <summary>The pictures on which they differ most, the worst first: those with another first label before the rest.</summary>
    public required IReadOnlyList<ComparedImage> Worst { get; init; }

    /// <summary>The pictures that could not be read, and why; they were left out.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unreadable { get; init; } = [];
}

/// <summary>How often a float model and its 8-bit form are right on labelled pictures, from 0 to 1.</summary>
/// <param name="Images">The pictures that have labels.</param>
/// <param name="FloatTop1">The float model's top-1.</param>
/// <param name="EightBitTop1">The 8-bit model's top-1.</param>
/// <param name="FloatTop5">The float model's top-5; top-1 where it has five classes or fewer.</param>
/// <param name="EightBitTop5">The 8-bit model's top-5.</param>
public sealed record ComparedAccuracy(int Images, double FloatTop1, double EightBitTop1, double FloatTop5, double EightBitTop5);

/// <summary>One picture, and what both models say of it.</summary>
/// <param name="Image">The picture.</param>
/// <param name="FloatLabel">The float model's first label; the index of the class where the model has no labels.</param>
/// <param name="FloatProbability">Its probability, by the float model.</param>
/// <param name="EightBitLabel">The 8-bit model's first label.</param>
/// <param name="EightBitProbability">Its probability, by the 8-bit model.</param>
/// <param name="Difference">|Δ probability| of the float model's first label.</param>
public sealed record ComparedImage(
    CalibrationImage Image, string FloatLabel, float FloatProbability, string EightBitLabel, float EightBitProbability, float Difference);
