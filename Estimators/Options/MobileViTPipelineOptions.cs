namespace MlNetMobileViT;

/// <summary>
/// What the MobileViT steps of a saved pipeline are to do otherwise than they were saved to, because this machine or these images
/// are not those that the pipeline was made for. What is null stays as it was saved.
/// </summary>
/// <example>
/// <code source="UnitTests/Estimators/Samples/LoadMobileViTSamples.cs" region="OtherOptions"><![CDATA[
/// var mlContext = new MLContext();
/// var options = new MobileViTPipelineOptions
/// {
///     ImageFolder = imageFolder, // where this machine has them
///     Threads = 2,
///     BadImages = BadImageHandling.Mark,
///     BadImageFound = image => errors.Add($"{image.Name}: {image.Error.Message}"),
/// };
/// ITransformer pipeline = mlContext.Model.LoadMobileViT(savedFile, out _, pipelineOptions: options);
/// ]]></code>
/// </example>
public sealed record MobileViTPipelineOptions
{
    /// <inheritdoc cref="MobileViTPreprocessingOptions.Threads"/>
    public int? Threads { get; init; }

    /// <inheritdoc cref="MobileViTPreprocessingOptions.MaxPixels"/>
    public long? MaxPixels { get; init; }

    /// <summary>
    /// The folder that relative paths of a text column start from. A pipeline has the one of the machine that saved it.
    /// </summary>
    public string? ImageFolder { get; init; }

    /// <summary>The most images that go into one run of a model; see <see cref="MobileViTScoringOptions.BatchSize"/>.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// What happens to a row whose image cannot be read. With <see cref="BadImageHandling.Mark"/>, steps that were saved to throw get
    /// their error column, and with <see cref="BadImageHandling.Throw"/> those that have one lose it: the schema of what is loaded
    /// says so, and a later step that needs the column fails.
    /// </summary>
    public BadImageHandling? BadImages { get; init; }

    /// <summary>
    /// The name of the error column, of all steps: where several mark, a later column hides an earlier one of its name.
    /// </summary>
    public string? ErrorColumnName { get; init; }

    /// <inheritdoc cref="MobileViTPreprocessingOptions.BadImageFound"/>
    /// <summary>What to call for each row that is marked; no pipeline has one when it is loaded.</summary>
    public Action<BadImage>? BadImageFound { get; init; }

    /// <summary>Checks that the values are in range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate() => ApplyTo(new MobileViTScoringOptions()).Validate();

    internal TOptions ApplyTo<TOptions>(TOptions saved)
        where TOptions : MobileViTPreprocessingOptions
    {
        MobileViTPreprocessingOptions changed = saved with
        {
            Threads = Threads ?? saved.Threads,
            MaxPixels = MaxPixels ?? saved.MaxPixels,
            ImageFolder = ImageFolder ?? saved.ImageFolder,
            BadImages = BadImages ?? saved.BadImages,
            ErrorColumnName = ErrorColumnName ?? saved.ErrorColumnName,
            BadImageFound = BadImageFound ?? saved.BadImageFound,
        };
        if (changed is MobileViTScoringOptions scoring)
        {
            changed = scoring with { BatchSize = BatchSize ?? scoring.BatchSize };
        }

        return (TOptions)changed;
    }
}
