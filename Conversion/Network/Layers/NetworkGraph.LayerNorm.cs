namespace MlNetMobileViT.Conversion;

/// <content>Layer norm, as the paper means it and as the official implementation computes it.</content>
/// <remarks>
/// CVNets' <c>LayerNorm.forward</c> (<c>cvnets/layers/normalization/layer_norm.py</c>) takes a tensor whose second dimension
/// has the length of the norm for channels-first. Tokens are <c>[4N, patches, d]</c>, so where a feature map has as many
/// patches as tokens have channels (XXS at 128×128, S at 192×192), it normalises every channel over the patches instead of
/// every token over its channels. Models that were trained or evaluated with CVNets at such a size only give their numbers
/// when that is done again. timm and Hugging Face do not do it, nor did CVNets before version 0.2, with which the published
/// weights were trained.
/// </remarks>
internal sealed partial class NetworkGraph
{
    private readonly List<PatchNorm> _patchNorms = [];

    /// <summary>The blocks whose layer norms normalise over the patches, or may, where the size is dynamic.</summary>
    public IReadOnlyList<PatchNorm> PatchNorms => _patchNorms;

    /// <summary>Notes that a block's layer norms normalise over its patches, where they do or may.</summary>
    public void NotePatchNorm(string block, GraphTensor tokens, GraphTensor map)
    {
        if (_style.CvnetsLayerNorm && (_style.DynamicSize || tokens.Shape[^2] == tokens.Shape[^1]))
        {
            _patchNorms.Add(new PatchNorm(block, tokens.Shape[^1], _style.Height / map.Shape[1]));
        }
    }

    /// <summary>Layer norm over the channels of every token; see the remarks for the exception.</summary>
    public GraphTensor LayerNorm(string name, GraphTensor tokens, float[] weight, float[] bias)
    {
        string weights = _graph.Weights($"{name}.weight", weight, weight.Length);
        string biases = _graph.Weights($"{name}.bias", bias, bias.Length);
        if (!_style.CvnetsLayerNorm)
        {
            return tokens with { Name = OverChannels(name) };
        }

        if (tokens.Sequences!.IsSquare is { } isSquare)
        {
            return tokens with
            {
                Name = _graph.If($"{name}.norm", isSquare, () => OverPatches($"{name}.then"), () => OverChannels($"{name}.else")),
            };
        }

        bool isSquareNow = tokens.Shape[^2] == tokens.Shape[^1];
        return tokens with { Name = isSquareNow ? OverPatches(name) : OverChannels(name) };

        string OverChannels(string prefix) => _graph.Node(
            "LayerNormalization",
            $"{prefix}.channels",
            [tokens.Name, weights, biases],
            [new("axis", -1L), new("epsilon", MobileViTArchitecture.NormEpsilon)]);

        // (x − mean) / (deviation + ε) · γ + β over the patches: here ε joins the deviation, not the variance.
        string OverPatches(string prefix)
        {
            string patchAxis = _graph.Integers(1);
            string column = _graph.Integers(-1, 1);
            string sequences = _graph.Node("Reshape", $"{prefix}.sequences", [tokens.Name, tokens.Sequences.Name]);
            string mean = _graph.Node("ReduceMean", $"{prefix}.mean", [sequences, patchAxis]);
            string centered = _graph.Node("Sub", $"{prefix}.centered", [sequences, mean]);
            string squared = _graph.Node("Mul", $"{prefix}.squared", [centered, centered]);
            string variance = _graph.Node("ReduceMean", $"{prefix}.variance", [squared, patchAxis]);
            string deviation = _graph.Node("Sqrt", $"{prefix}.deviation", [variance]);
            string epsilon = _graph.Scalar(MobileViTArchitecture.NormEpsilon);
            string divisor = _graph.Node("Add", $"{prefix}.divisor", [deviation, epsilon]);
            string normalized = _graph.Node("Div", $"{prefix}.normalized", [centered, divisor]);
            string gamma = _graph.Node("Reshape", $"{prefix}.gamma", [weights, column]);
            string beta = _graph.Node("Reshape", $"{prefix}.beta", [biases, column]);
            string scaled = _graph.Node("Mul", $"{prefix}.scaled", [normalized, gamma]);
            string shifted = _graph.Node("Add", $"{prefix}.shifted", [scaled, beta]);
            return _graph.Node("Reshape", $"{prefix}.patches", [shifted, _graph.Integers(-1, weight.Length)]);
        }
    }
}

/// <summary>A block whose layer norms normalise over the patches where it has a certain number of them.</summary>
/// <param name="Block">The block's name, such as <c>layer_3.1</c>.</param>
/// <param name="Patches">The number of patches, which is that of the tokens' channels.</param>
/// <param name="Stride">The pixels of the input to one of the block's map.</param>
internal sealed record PatchNorm(string Block, int Patches, int Stride);
