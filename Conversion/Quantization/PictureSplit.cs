namespace MlNetMobileViT.Conversion;

/// <summary>The pictures that give the ranges, and others on which the result is judged.</summary>
/// <param name="Calibration">Every other picture, at most <see cref="MaxCalibration"/>.</param>
/// <param name="HeldOut">Of the rest, at most <see cref="MaxHeldOut"/>.</param>
internal sealed record PictureSplit(IReadOnlyList<CalibrationImage> Calibration, IReadOnlyList<CalibrationImage> HeldOut)
{
    public const int MaxCalibration = 128;
    public const int MaxHeldOut = 2000;

    /// <summary>Splits pictures: in the order given, or, where they have labels, label by label.</summary>
    public static PictureSplit Of(IReadOnlyList<CalibrationImage> images)
    {
        // Where classes take turns, every other picture would be of one class.
        CalibrationImage[] ordered = [.. images.OrderBy(static image => image.Label, StringComparer.Ordinal)];
        return new PictureSplit(
            Spread([.. ordered.Where(static (_, index) => index % 2 == 0)], MaxCalibration),
            Spread([.. ordered.Where(static (_, index) => index % 2 == 1)], MaxHeldOut));
    }

    private static CalibrationImage[] Spread(CalibrationImage[] images, int most) => images.Length <= most
        ? images
        : [.. Enumerable.Range(0, most).Select(index => images[(int)((long)index * images.Length / most)])];
}
