namespace MlNetMobileViT.Conversion;

/// <summary>How a checkpoint is converted. Everything has a default that follows the checkpoint.</summary>
/// <remarks>
/// What tensors do not show and no file beside them says follows the published weights; <see cref="ConversionReport.Notes"/> says so
/// where the network is another. It matters most for <see cref="Height"/> and <see cref="Width"/>.
/// </remarks>
public sealed record ConversionOptions
{
    /// <summary>
    /// The longest side of the input, in pixels. The memory that attention takes grows with the fourth power of the side.
    /// </summary>
    public const int MaxSide = GraphStyle.MaxSide;

    /// <summary>The largest fixed batch size.</summary>
    public const int MaxBatch = 4096;

    /// <summary>
    /// The variant that the checkpoint must be: <c>xxs</c>, <c>xs</c>, <c>s</c>, or <c>v2-</c> and the width of a MobileViTv2
    /// (<c>v2-1.0</c>); null accepts any.
    /// </summary>
    public string? Variant { get; init; }

    /// <summary>
    /// The architecture of the checkpoint as JSON, for people who trained their own, in the form that
    /// <see cref="ModelMetadata.Architecture"/> has and <c>mobilevit inspect</c> prints; its number of classes does not matter. Default: null, which derives it from the tensors. They tell everything but strides, dilation, activations
    /// (those of the nearest published variant) and <see cref="Heads"/>.
    /// </summary>
    public string? Architecture { get; init; }

    /// <summary>
    /// The attention heads of a custom network; null for those of <see cref="Architecture"/> or of a <c>config.json</c> beside the
    /// weights, or the 4 of every published one.
    /// </summary>
    public int? Heads { get; init; }

    /// <summary>
    /// The key of the state dict in a training checkpoint, such as <c>ema_state_dict</c>. Default: null, which searches where
    /// training programs keep it, and takes averaged weights (EMA) only where there are no others.
    /// </summary>
    public string? StateDictKey { get; init; }

    /// <summary>
    /// The class labels in the order of the logits, all different; empty leaves the file without. Default: null, which takes
    /// those of a <c>config.json</c> beside the weights; where there are none, a model of 1000 classes has the names of
    /// ImageNet-1k and any other none.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>
    /// The preprocessing preset, one of <see cref="PreprocessingPresets.Names"/>. Default: null, which takes the preprocessing of
    /// the <c>preprocessor_config.json</c> (Hugging Face) or <c>config.json</c> (timm) beside the weights; where there is none,
    /// the preset of the checkpoint's layout (and, for MobileViTv2, of its input size).
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>
    /// The height of the input in pixels, a multiple of 32 up to <see cref="MaxSide"/>: the one that the network was trained with, as
    /// tensors do not show it. Default: null, which is that of the preprocessing beside the weights, or that of the preset.
    /// </summary>
    public int? Height { get; init; }

    /// <summary>
    /// The width of the input in pixels, a multiple of 32 up to <see cref="MaxSide"/>: the one that the network was trained with, as
    /// tensors do not show it. Default: null, which is that of the preprocessing beside the weights, or that of the preset.
    /// </summary>
    public int? Width { get; init; }

    /// <summary>A fixed batch size up to <see cref="MaxBatch"/>, or null (the default) for a graph that takes any.</summary>
    public int? Batch { get; init; }

    /// <summary>
    /// Whether the graph takes pictures of any size that is a multiple of 32; <see cref="Height"/> and <see cref="Width"/> are
    /// then what the preprocessing in the file makes. Default: false, which gives ONNX Runtime shapes to plan by.
    /// </summary>
    public bool DynamicSize { get; init; }

    /// <summary>
    /// The outputs: of <see cref="ModelOutputs.Default"/> and <see cref="ModelOutputs.Stages"/>, and <see cref="ModelOutputs.Activation"/>. Default:
    /// <see cref="ModelOutputs.Default"/>.
    /// </summary>
    public IReadOnlyList<string> Outputs { get; init; } = ModelOutputs.Default;

    /// <summary>How the weights are stored. Default: <see cref="WeightPrecision.Float32"/>.</summary>
    public WeightPrecision Precision { get; init; }

    /// <summary>
    /// Whether to use operators of the ONNX standard only. Default: false, which uses ONNX Runtime's fused attention and
    /// needs ONNX Runtime.
    /// </summary>
    public bool Portable { get; init; }

    /// <summary>
    /// What layer norms do where a block has as many patches as its tokens have channels. Default: null, which is
    /// <see cref="LayerNormKind.Cvnets"/> for a checkpoint in the layout of CVNets and <see cref="LayerNormKind.Channels"/> for others.
    /// </summary>
    public LayerNormKind? LayerNorm { get; init; }

    /// <summary>A note on the license of the weights, for the metadata; null for the one that every conversion gets.</summary>
    public string? License { get; init; }

    /// <summary>Checks that the values are possible.</summary>
    /// <exception cref="ArgumentException">A value is not; the message says which and what it may be.</exception>
    public void Validate()
    {
        GraphStyle.RequireSide(Height ?? GraphStyle.SizeMultiple, nameof(Height));
        GraphStyle.RequireSide(Width ?? GraphStyle.SizeMultiple, nameof(Width));
        if (Batch is < 1 or > MaxBatch)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"The batch size is {Batch}; it must be between 1 and {MaxBatch}."));
        }

        _ = ReadArchitecture();
        if (Heads is < 1 or > TransformerSpec.MaxHeads)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"The number of heads is {Heads}; it must be between 1 and {TransformerSpec.MaxHeads}."));
        }

        if (Variant is not null && !MobileViTVariants.Exists(Variant))
        {
            throw new ArgumentException(
                $"There is no variant '{Variant}'; the variants are {string.Join(", ", MobileViTVariants.Names)}.");
        }

        if (Variant is not null && !IsOf(Variant))
        {
            throw new ArgumentException(
                $"{ModelMetadata.NameOf(Variant)} is asked for together with an architecture or a number of heads that is not "
                + "its own; leave one of them out.");
        }

        if (LayerNorm is { } layerNorm && !Enum.IsDefined(layerNorm))
        {
            throw new ArgumentException(FormattableString.Invariant($"There is no layer norm {layerNorm:D}."));
        }

        if (Preset is not null && !PreprocessingPresets.Names.Contains(Preset))
        {
            throw new ArgumentException(
                $"There is no preprocessing preset '{Preset}'; the presets are {string.Join(", ", PreprocessingPresets.Names)}.");
        }

        string[] known = [.. ModelOutputs.Default, ModelOutputs.Activation, .. ModelOutputs.Stages];
        if (Outputs.Count == 0 || Outputs.Except(known).Any() || Outputs.Distinct().Count() != Outputs.Count)
        {
            throw new ArgumentException(
                $"The outputs are '{string.Join(", ", Outputs)}'; name one or more of {string.Join(", ", known)}, each once.");
        }
    }

    /// <summary>The architecture that <see cref="Architecture"/> or <see cref="Variant"/> asks for; null for any.</summary>
    /// <exception cref="ArgumentException"><see cref="Architecture"/> is not valid.</exception>
    internal MobileViTArchitecture? ReadArchitecture()
    {
        try
        {
            return Architecture is not null ? MobileViTArchitecture.FromJson(Architecture)
                : Variant is not null ? MobileViTVariants.Get(Variant)
                : null;
        }
        catch (FormatException exception)
        {
            throw new ArgumentException(exception.Message, exception);
        }
    }

    private bool IsOf(string variant)
    {
        MobileViTArchitecture asked = ReadArchitecture()!;
        return MobileViTVariants.NameOf(Heads is { } heads ? asked.WithHeads(heads) : asked) == variant;
    }
}

/// <summary>What layer norms do where a block has as many patches as its tokens have channels.</summary>
public enum LayerNormKind
{
    /// <summary>They normalise every token over its channels, as everywhere: the paper, timm, Hugging Face, CVNets before 0.2.</summary>
    Channels,

    /// <summary>They normalise every channel over the patches, as CVNets does since version 0.2.</summary>
    Cvnets,
}

/// <summary>How a converted file stores the weights.</summary>
public enum WeightPrecision
{
    /// <summary>32 bits a weight: the weights of the checkpoint, exactly.</summary>
    Float32,

    /// <summary>
    /// 16 bits a weight, half the file. The graph widens them to 32 bits, which ONNX Runtime does once when it loads the
    /// model: activations and speed are those of <see cref="Float32"/>.
    /// </summary>
    Float16,
}
