using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT;

/// <summary>
/// All that a transform was asked for, and so all that a saved pipeline needs to make it again. Each task has a step of its own,
/// and its line here: the name of its kind in saved pipelines.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PreprocessingStep), "preprocess")]
[JsonDerivedType(typeof(ScoringStep), "score")]
[JsonDerivedType(typeof(ClassificationStep), "classify")]
[JsonDerivedType(typeof(FeaturizationStep), "featurize")]
internal abstract record ImageStep
{
    /// <summary>The version of the form in which steps are saved. 1 wrote no version.</summary>
    public const int CurrentVersion = 2;

    // The lowest version of a reader that can read what is written here, and of a file that can be read.
    private const int OldestReader = 2;
    private const int OldestReadable = 1;

    // Strict: a setting that this version does not know, or null where there must be a value, is not guessed around.
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    // Settings of other versions may be unknown: those of an older one said nothing, and a newer one vouches for what it adds.
    private static readonly JsonSerializerOptions OtherVersionOptions = new(JsonOptions)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public int Version { get; } = CurrentVersion;

    /// <summary>The lowest version of a reader that can read the step.</summary>
    public int ReadableFrom { get; } = OldestReader;

    public required string InputColumnName { get; init; }

    public required string OutputColumnName { get; init; }

    /// <summary>How images become pixels.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>What the input column holds; known once the estimator has seen the data's schema.</summary>
    public ImageColumnKind InputKind { get; init; }

    /// <summary>
    /// The height and width of the images of the input column where a saved pipeline reads them as bytes, or null; see
    /// <see cref="SizedImages"/>.
    /// </summary>
    public IReadOnlyList<int>? ImageSize { get; init; }

    /// <summary>The options that all steps have. Each has them under the name of Options, with those of its own.</summary>
    internal abstract MobileViTPreprocessingOptions CommonOptions { get; }

    /// <summary>The input column.</summary>
    internal abstract ImageColumn Input { get; }

    /// <summary>Reads a step.</summary>
    /// <exception cref="InvalidDataException">The text is no step, or its settings would be refused if given by hand.</exception>
    public static ImageStep FromJson(string json)
    {
        try
        {
            Format format = JsonSerializer.Deserialize<Format>(json, OtherVersionOptions) ?? throw new JsonException("It is empty.");
            int readableFrom = format.ReadableFrom ?? format.Version;
            if (format.Version < OldestReadable || readableFrom > CurrentVersion)
            {
                throw Unreadable(
                    $"it has the version {format.Version}, for readers of {readableFrom} and later, and this library reads the versions "
                    + $"{OldestReadable} to {CurrentVersion}: update the library, or save the pipeline again with this one.");
            }

            ImageStep step = JsonSerializer.Deserialize<ImageStep>(
                json, format.Version == CurrentVersion ? JsonOptions : OtherVersionOptions)!;
            step.Validate();
            return step;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            // Some messages about JSON repeat all of what could not be read.
            string reason = exception.Message.Length <= 300 ? exception.Message : $"{exception.Message[..300]}…";
            throw Unreadable($"the file is damaged, or was saved by a later version: {reason}", exception);
        }
    }

    /// <summary>What is thrown where a step of a saved pipeline is not as this library saves them.</summary>
    /// <param name="reason">The end of the sentence.</param>
    /// <param name="cause">What was thrown, if anything.</param>
    public static InvalidDataException Unreadable(string reason, Exception? cause = null) =>
        new($"A MobileViT step of the saved pipeline cannot be read: {reason}", cause);

    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>The step with what a pipeline is to do otherwise than it was saved to.</summary>
    public abstract ImageStep With(MobileViTPipelineOptions changes);

    protected virtual void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(InputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
        Preprocessing.Validate();
        CommonOptions.Validate();
        Require(Enum.IsDefined(InputKind), "its kind is unknown.");
        Require(ImageSize is null || (ImageSize is [> 0, > 0] && InputKind == ImageColumnKind.Decoded), "its size of images is wrong.");
    }

    protected static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise);
        }
    }

    /// <summary>What a saved step says of its form.</summary>
    private sealed record Format(int Version = OldestReadable, int? ReadableFrom = null);
}
