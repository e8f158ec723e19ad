using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT;

/// <summary>All that a transform was asked for, and so all that a saved pipeline needs to make it again.</summary>
internal sealed record ImageStep
{
    private static readonly JsonSerializerOptions JsonOptions = new()
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

    /// <summary>Reads a step.</summary>
    /// <exception cref="InvalidDataException">The text is no step.</exception>
    public static ImageStep FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ImageStep>(json, JsonOptions) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                "A MobileViT step of the saved pipeline cannot be read; the file is damaged, or was saved by a later version: "
                + exception.Message,
                exception);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    private sealed class OptionsConverter : JsonConverter<MobileViTPreprocessingOptions>
    {
        public override MobileViTPreprocessingOptions Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<MobileViTClassificationOptions>(ref reader, options)!;

        public override void Write(
            Utf8JsonWriter writer, MobileViTPreprocessingOptions value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
