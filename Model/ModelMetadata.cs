using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MlNetMobileViT;

/// <summary>What a converted model says about itself.</summary>
public sealed record ModelMetadata
{
    /// <summary>The version of the metadata that this library writes.</summary>
    /// <remarks>
    /// Version 2 has the architecture as lists of blocks, and <see cref="ModelMetadataKeys.ReadableFrom"/>; version 1 has neither.
    /// </remarks>
    internal const int CurrentFormatVersion = 2;

    /// <summary>The oldest version that this library reads.</summary>
    internal const int OldestFormatVersion = 1;

    /// <summary>What the names of MobileViTv2's variants begin with.</summary>
    internal const string SecondPrefix = "v2-";

    // The oldest reader that makes sense of what this library writes. A key that readers may pass over leaves it as it is.
    private const int ReadableFrom = 2;

    private static readonly JsonSerializerOptions LabelJson = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>
    /// The variant: <c>xxs</c>, <c>xs</c>, <c>s</c> or <c>custom</c>; for MobileViTv2 its width, from <c>v2-0.5</c> to <c>v2-2.0</c>, or
    /// <c>v2-custom</c>.
    /// </summary>
    public required string Variant { get; init; }

    /// <summary>The variant as people write it: <c>MobileViT-XXS</c>, <c>MobileViTv2-1.0</c>.</summary>
    public string ModelName => NameOf(Variant);

    /// <summary>The architecture, as JSON; Conversion defines its form.</summary>
    public required string Architecture { get; init; }

    /// <summary>The class labels in the order of the logits; empty where they are unknown.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How a picture becomes the model's input.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>The number of parameters of the source model, before batch norms were folded.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-accumulate operations for one picture of the preprocessing's size.</summary>
    public required long Macs { get; init; }

    /// <summary>The name of the checkpoint file, without its folder.</summary>
    public required string SourceFile { get; init; }

    /// <summary>The SHA-256 of the checkpoint file, in lower-case hexadecimal.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>The naming scheme of the checkpoint: <c>cvnets</c>, <c>timm</c> or <c>huggingface</c>.</summary>
    public required string SourceLayout { get; init; }

    /// <summary>A note on the license of the weights.</summary>
    public required string License { get; init; }

    /// <summary>The SHA-256 over the initializers of the graph, in lower-case hexadecimal.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>What is computed in 8 bits; null for a model that is float throughout.</summary>
    public ModelQuantization? Quantization { get; init; }

    /// <summary>A variant as people write it.</summary>
    internal static string NameOf(string variant) =>
        variant.StartsWith(SecondPrefix, StringComparison.Ordinal)
            ? $"MobileViTv2-{variant[SecondPrefix.Length..].ToUpperInvariant()}"
            : $"MobileViT-{variant.ToUpperInvariant()}";

    /// <summary>Reads metadata from the <c>metadata_props</c> of a model.</summary>
    /// <param name="properties">The key-value pairs of the ONNX file.</param>
    /// <param name="source">What the pairs were read from, for the message of an error: a file name, say.</param>
    /// <exception cref="InvalidDataException">A key is missing, its value is malformed, or the version is one that this library cannot read.</exception>
    internal static ModelMetadata FromProperties(IReadOnlyDictionary<string, string> properties, string source)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (!properties.ContainsKey(ModelMetadataKeys.FormatVersion))
        {
            throw new InvalidDataException(
                $"'{source}' was not written by this project's converter: it has no '{ModelMetadataKeys.FormatVersion}' in its "
                + "metadata. Convert the checkpoint with 'mobilevit convert', and use the file that it writes.");
        }

        RequireReadable();
        return new ModelMetadata
        {
            Variant = Text(ModelMetadataKeys.Variant),
            Architecture = Text(ModelMetadataKeys.Architecture),
            Labels = properties.ContainsKey(ModelMetadataKeys.Labels)
                ? Parse(ModelMetadataKeys.Labels, ParseLabels)
                : [],
            Preprocessing = Parse(ModelMetadataKeys.Preprocessing, ImagePreprocessing.FromJson),
            Parameters = Number(ModelMetadataKeys.Parameters),
            Macs = Number(ModelMetadataKeys.Macs),
            SourceFile = Text(ModelMetadataKeys.SourceFile),
            SourceSha256 = Text(ModelMetadataKeys.SourceSha256),
            SourceLayout = Text(ModelMetadataKeys.SourceLayout),
            License = Text(ModelMetadataKeys.License),
            WeightsSha256 = Text(ModelMetadataKeys.WeightsSha256),
            Quantization = properties.ContainsKey(ModelMetadataKeys.Quantization)
                ? Parse(ModelMetadataKeys.Quantization, ModelQuantization.FromJson)
                : null,
        };

        void RequireReadable()
        {
            long version = Number(ModelMetadataKeys.FormatVersion);
            long readableFrom = properties.ContainsKey(ModelMetadataKeys.ReadableFrom) ? Number(ModelMetadataKeys.ReadableFrom) : version;
            if (version < OldestFormatVersion)
            {
                throw new InvalidDataException(
                    $"'{source}' has metadata of version {version}, and this library reads versions from {OldestFormatVersion} on. "
                    + "Convert the checkpoint again with the converter of this version.");
            }

            if (readableFrom > CurrentFormatVersion)
            {
                throw new InvalidDataException(
                    $"'{source}' has metadata of version {version}, which only readers of version {readableFrom} or later understand; "
                    + $"this library is one of version {CurrentFormatVersion}. Update the library, or convert the checkpoint again with the "
                    + "converter of this version.");
            }
        }

        string Text(string key) => properties.TryGetValue(key, out string? value)
            ? value
            : throw new InvalidDataException(
                $"'{source}' has no '{key}' in its metadata. Convert the checkpoint again with 'mobilevit convert'.");

        long Number(string key) => Parse(
            key,
            static value => long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture));

        T Parse<T>(string key, Func<string, T> parse)
        {
            try
            {
                return parse(Text(key));
            }
            catch (Exception exception) when (exception is FormatException or JsonException or OverflowException)
            {
                throw new InvalidDataException(
                    $"'{source}' has a malformed '{key}' in its metadata: {exception.Message}", exception);
            }
        }
    }

    /// <summary>The key-value pairs to write into the <c>metadata_props</c> of a model, in a fixed order.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> ToProperties()
    {
        var properties = new List<KeyValuePair<string, string>>();
        Add(ModelMetadataKeys.FormatVersion, CurrentFormatVersion.ToString(CultureInfo.InvariantCulture));
        Add(ModelMetadataKeys.ReadableFrom, ReadableFrom.ToString(CultureInfo.InvariantCulture));
        Add(ModelMetadataKeys.Variant, Variant);
        Add(ModelMetadataKeys.Architecture, Architecture);
        if (Labels.Count > 0)
        {
            Add(ModelMetadataKeys.Labels, JsonSerializer.Serialize(Labels, LabelJson));
        }

        Add(ModelMetadataKeys.Preprocessing, Preprocessing.ToJson());
        Add(ModelMetadataKeys.Parameters, Parameters.ToString(CultureInfo.InvariantCulture));
        Add(ModelMetadataKeys.Macs, Macs.ToString(CultureInfo.InvariantCulture));
        Add(ModelMetadataKeys.SourceFile, SourceFile);
        Add(ModelMetadataKeys.SourceSha256, SourceSha256);
        Add(ModelMetadataKeys.SourceLayout, SourceLayout);
        Add(ModelMetadataKeys.License, License);
        Add(ModelMetadataKeys.WeightsSha256, WeightsSha256);
        if (Quantization is not null)
        {
            Add(ModelMetadataKeys.Quantization, Quantization.ToJson());
        }

        return properties;

        void Add(string key, string value) => properties.Add(new(key, value));
    }

    private static string[] ParseLabels(string json)
    {
        string?[]? labels = JsonSerializer.Deserialize<string?[]>(json);
        return labels is null || labels.Contains(null)
            ? throw new FormatException("It must be a JSON array of strings.")
            : [.. labels.OfType<string>()];
    }
}
