namespace MlNetMobileViT;

/// <summary>The keys of the metadata that a converted <c>.onnx</c> file carries in its <c>metadata_props</c>.</summary>
internal static class ModelMetadataKeys
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "mobilevit.";

    /// <summary>The version of this metadata, an integer: <see cref="ModelMetadata.CurrentFormatVersion"/> of the writer.</summary>
    public const string FormatVersion = Prefix + "format_version";

    /// <summary>
    /// The oldest version whose readers understand this metadata, an integer; absent in version 1, which only its own readers and
    /// later ones do. An older reader refuses the file, a newer one reads it, and passes over keys that it does not know.
    /// </summary>
    public const string ReadableFrom = FormatVersion + ".readable_from";

    /// <summary>The variant: <c>xxs</c>, <c>xs</c>, <c>s</c>, <c>v2-1.0</c> or <c>custom</c>; see <see cref="ModelMetadata.Variant"/>.</summary>
    public const string Variant = Prefix + "variant";

    /// <summary>The architecture, as JSON.</summary>
    public const string Architecture = Prefix + "architecture";

    /// <summary>The class labels in the order of the logits, as a JSON array of strings; absent where they are unknown.</summary>
    public const string Labels = Prefix + "labels";

    /// <summary>The preprocessing, as <see cref="ImagePreprocessing.ToJson"/> writes it.</summary>
    public const string Preprocessing = Prefix + "preprocessing";

    /// <summary>The number of parameters of the source model, before batch norms were folded.</summary>
    public const string Parameters = Prefix + "parameters";

    /// <summary>Multiply-accumulate operations for one picture of the preprocessing's size.</summary>
    public const string Macs = Prefix + "macs";

    /// <summary>The name of the checkpoint file, without its folder.</summary>
    public const string SourceFile = Prefix + "source.file";

    /// <summary>The SHA-256 of the checkpoint file, in lower-case hexadecimal.</summary>
    public const string SourceSha256 = Prefix + "source.sha256";

    /// <summary>The naming scheme of the checkpoint: <c>cvnets</c>, <c>timm</c> or <c>huggingface</c>.</summary>
    public const string SourceLayout = Prefix + "source.layout";

    /// <summary>A note on the license of the weights.</summary>
    public const string License = Prefix + "license";

    /// <summary>The SHA-256 over the initializers of the graph, in lower-case hexadecimal; <c>verify</c> compares it.</summary>
    public const string WeightsSha256 = Prefix + "weights.sha256";

    /// <summary>
    /// What is computed in 8 bits, as <see cref="ModelQuantization.ToJson"/> writes it; absent in models that are float throughout.
    /// Readers may pass over it: the graph runs without.
    /// </summary>
    public const string Quantization = Prefix + "quantization";
}
