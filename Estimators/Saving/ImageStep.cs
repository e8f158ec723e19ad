using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT;

/// <summary>All that a transform was asked for, and so all that a saved pipeline needs to make it again.</summary>
internal sealed record ImageStep
{
    // Strict: a setting that this version does not know, or null where there must be a value, is not guessed around.
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public required ImageStepKind Kind { get; init; }

    public required string InputColumnName { get; init; }

    public required string OutputColumnName { get; init; }

    /// <summary>The output of the model that <see cref="OutputColumnName"/> holds; null where there is no one such.</summary>
    public string? ModelOutput { get; init; }

    /// <summary>How images become pixels.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>The options, of the type that the kind has. JSON has those of every kind, the others at their defaults.</summary>
    [JsonConverter(typeof(OptionsConverter))]
    public required MobileViTPreprocessingOptions Options { get; init; }

    /// <summary>What the input column holds; known once the estimator has seen the data's schema.</summary>
    public ImageColumnKind InputKind { get; init; }

    /// <summary>
    /// The height and width of the images of the input column where a saved pipeline reads them as bytes, or null; see
    /// <see cref="SizedImages"/>.
    /// </summary>
    public IReadOnlyList<int>? ImageSize { get; init; }

    /// <summary>The labels of a classification.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The length in bytes of the model that the saved ONNX file begins with; 0 where there is none.</summary>
    public int ModelLength { get; init; }

    /// <summary>What the step takes from the model, in the order in which a saved pipeline has it; null without a model.</summary>
    public IReadOnlyList<SavedOutput>? Outputs { get; init; }

    /// <summary>Reads a step.</summary>
    /// <exception cref="InvalidDataException">The text is no step, or its settings would be refused if given by hand.</exception>
    public static ImageStep FromJson(string json)
    {
        try
        {
            ImageStep step = JsonSerializer.Deserialize<ImageStep>(json, JsonOptions) ?? throw new JsonException("It is empty.");
            step.Validate();
            return step;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
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

    private void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(InputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
        Preprocessing.Validate();
        Options.Validate();
        Require(Enum.IsDefined(Kind) && Enum.IsDefined(InputKind), "its kind is unknown.");
        bool hasModel = Kind != ImageStepKind.Preprocess;
        Require(hasModel ? ModelLength > 0 : ModelLength == 0, "the length of its model is wrong.");
        Require(hasModel || InputKind != ImageColumnKind.Pixels, "it cannot preprocess pixels.");
        Require(
            string.IsNullOrEmpty(ModelOutput) == (Kind is ImageStepKind.Preprocess or ImageStepKind.Classify),
            "its output of the model is wrong.");
        Require(Kind != ImageStepKind.Classify || Labels is { Count: > 0 }, "a classification needs labels.");
        Require(Labels is null || !Labels.Contains(null!), "a label is missing.");
        Require(ImageSize is null || (ImageSize is [> 0, > 0] && InputKind == ImageColumnKind.Decoded), "its size of images is wrong.");
        Require(Outputs is null || Outputs.All(static output => output is { Length: > 0 }), "the lengths of its outputs are wrong.");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise);
        }
    }

    private sealed class OptionsConverter : JsonConverter<MobileViTPreprocessingOptions>
    {
        public override MobileViTPreprocessingOptions Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<MobileViTClassificationOptions>(ref reader, options)!;

        // As the type that this library knows: what a user's own adds to it could not be read again.
        public override void Write(
            Utf8JsonWriter writer, MobileViTPreprocessingOptions value, JsonSerializerOptions options)
        {
            switch (value)
            {
                case MobileViTClassificationOptions classification:
                    JsonSerializer.Serialize(writer, classification, options);
                    break;
                case MobileViTScoringOptions scoring:
                    JsonSerializer.Serialize(writer, scoring, options);
                    break;
                default:
                    JsonSerializer.Serialize(writer, value, options);
                    break;
            }
        }
    }
}
