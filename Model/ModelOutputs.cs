namespace MlNetMobileViT;

/// <summary>The names of the input and outputs of a converted graph.</summary>
public static class ModelOutputs
{
    /// <summary>The input: <c>[N, 3, H, W]</c>, float32, normalised as the preprocessing says.</summary>
    public const string Input = "pixels";

    /// <summary><c>[N, classes]</c>: scores before the softmax.</summary>
    public const string Logits = "logits";

    /// <summary><c>[N, classes]</c>: the softmax of the logits.</summary>
    public const string Probabilities = "probabilities";

    /// <summary><c>[N, channels]</c>: the pooled vector before the classifier.</summary>
    public const string Features = "features";

    /// <summary>
    /// <c>[N, h, w]</c>: the class-activation map of the most likely class (Zhou et al., "Learning Deep Features for Discriminative
    /// Localization", 2016): where in the image its logit comes from, on the last feature map (8×8 at 256×256). The mean over the map,
    /// with the class's bias, is the logit.
    /// </summary>
    public const string Activation = "activation";

    /// <summary>The outputs that every conversion has unless others were asked for.</summary>
    public static IReadOnlyList<string> Default { get; } = [Logits, Probabilities, Features];

    /// <summary>
    /// The per-stage feature maps <c>[N, C, H / stride, W / stride]</c>, named as in CVNets, from the stem to the last 1×1
    /// convolution, <c>conv_1x1_exp</c>, which MobileViTv2 does not have.
    /// </summary>
    public static IReadOnlyList<string> Stages { get; } =
        ["conv_1", "layer_1", "layer_2", "layer_3", "layer_4", "layer_5", "conv_1x1_exp"];
}
