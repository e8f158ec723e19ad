namespace MlNetMobileViT;

/// <summary>
/// What happens to a row whose image is missing or cannot be read, or for which the model gives NaN or infinity: such a model
/// has weights that overflow or are none, and its other numbers mean nothing either.
/// </summary>
public enum BadImageHandling
{
    /// <summary>
    /// Asking for a value of the row throws, with the file and the reason: <see cref="FileNotFoundException"/> for a missing
    /// file, <see cref="InvalidDataException"/> for one that is not a readable image, or of which the model makes no numbers.
    /// </summary>
    Throw,

    /// <summary>
    /// The row's values are missing (<see cref="float.NaN"/>, missing key, empty text), and the column
    /// <see cref="MobileViTPreprocessingOptions.ErrorColumnName"/> says why.
    /// </summary>
    Mark,
}
