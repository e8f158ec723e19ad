namespace MlNetMobileViT;

/// <summary>How a column of images is read; what all of this library's transforms have in common.</summary>
public record MobileViTPreprocessingOptions
{
    /// <summary>The largest <see cref="Threads"/>.</summary>
    public const int MaxThreads = 1024;

    /// <summary>
    /// The folder that relative paths of a text column start from; absolute paths ignore it. Empty by default: the current
    /// folder of the process.
    /// </summary>
    public string ImageFolder { get; init; } = "";

    /// <inheritdoc cref="ImageDecodingOptions.ApplyExifOrientation"/>
    public bool ApplyExifOrientation { get; init; } = true;

    /// <inheritdoc cref="ImageDecodingOptions.MaxPixels"/>
    public long MaxPixels { get; init; } = ImageDecodingOptions.DefaultMaxPixels;

    /// <summary>What happens to a row whose image cannot be read. <see cref="BadImageHandling.Throw"/> by default.</summary>
    public BadImageHandling BadImages { get; init; } = BadImageHandling.Throw;

    /// <summary>
    /// The name of the text column that says why a row has no values (its image could not be read, or the model gave NaN or
    /// infinity for it), and is empty where it has. The column exists where <see cref="BadImages"/> is
    /// <see cref="BadImageHandling.Mark"/>. <c>Error</c> by default. Where several steps of a pipeline mark, give each a name of
    /// its own: a later column hides an earlier one of its name.
    /// </summary>
    public string ErrorColumnName { get; init; } = "Error";

    /// <summary>
    /// The number of threads that decode, resample and score, from 0 to <see cref="MaxThreads"/>. 0, the default, is the number
    /// of processors. Memory grows with it, results do not change.
    /// </summary>
    public int Threads { get; init; }

    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    internal ImageDecodingOptions Decoding => new() { ApplyExifOrientation = ApplyExifOrientation, MaxPixels = MaxPixels };

    /// <summary>Checks that the values are in range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public virtual void Validate()
    {
        ArgumentNullException.ThrowIfNull(ImageFolder);
        if (ImageFolder.Contains('\0'))
        {
            throw new ArgumentException("ImageFolder has a null character, which no path can have.");
        }

        ArgumentException.ThrowIfNullOrEmpty(ErrorColumnName);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, MaxThreads);
        if (!Enum.IsDefined(BadImages))
        {
            throw new ArgumentException($"BadImages is {BadImages}, which is not one of its values.");
        }

        Decoding.Validate();
    }
}
