using System.Text.Json.Serialization;

namespace MlNetMobileViT;

/// <summary>How a column of images is read; what all of this library's transforms have in common.</summary>
/// <remarks>Not sealed, for the options of the transforms with a model add to it.</remarks>
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
    /// What to call for each row that is marked because its image cannot be read, or because the model gives no numbers for it;
    /// null, the default, for nothing. It has an effect where <see cref="BadImages"/> is <see cref="BadImageHandling.Mark"/>, and
    /// is not saved with a pipeline: <see cref="MobileViTPipelineOptions.BadImageFound"/> sets it again.
    /// </summary>
    /// <remarks>
    /// It is called on the thread of the consumer, in the order of the rows, once for each bad row of each pass over the data, when
    /// the consumer comes to the row: it may write to a file or a list of a pass without a lock. Rows that the consumer doesn't come
    /// to are not reported, nor are passes that ask for none of the transform's columns. Several passes at once, or prediction
    /// engines on several threads, each call it on their own threads. What it throws, the consumer gets, out of <c>MoveNext</c> of
    /// the cursor or <c>Predict</c> of the engine. An image that <c>PreprocessImages</c> could not read is reported by that step,
    /// and not again by those that take its pixels.
    /// </remarks>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/BadImageSamples.cs" region="Found"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// var bad = new List<BadImage>();
    /// var options = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark, BadImageFound = bad.Add };
    /// using var featurizer = mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path", options: options).Fit(data);
    /// float[][] features = [.. featurizer.Transform(data).GetColumn<float[]>("Features")];
    ///
    /// foreach (BadImage image in bad)
    /// {
    ///     Console.WriteLine($"Row {image.Row}, {image.Name}: {image.Error.Message}");
    /// }
    /// ]]></code>
    /// </example>
    [JsonIgnore]
    public Action<BadImage>? BadImageFound { get; init; }

    /// <summary>
    /// The number of threads that decode, resample and score, from 0 to <see cref="MaxThreads"/>. 0, the default, is the number
    /// of processors. Memory grows with it, results do not change.
    /// </summary>
    public int Threads { get; init; }

    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    internal ImageDecodingOptions Decoding => new() { ApplyExifOrientation = ApplyExifOrientation, MaxPixels = MaxPixels };

    /// <summary>The options for one column of images of several: the columns beside its own get names of their own.</summary>
    internal virtual MobileViTPreprocessingOptions ForColumn(string outputColumnName) =>
        this with { ErrorColumnName = $"{outputColumnName}.{ErrorColumnName}" };

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
