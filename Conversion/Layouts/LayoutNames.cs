using System.Globalization;
using System.Text.RegularExpressions;

namespace MlNetMobileViT.Conversion;

/// <summary>What the tensors of the official state dict are called in a layout.</summary>
internal static partial class LayoutNames
{
    // Each list is applied from first to last to the whole canonical name.
    private static readonly (string Canonical, string Timm)[] TimmParts =
    [
        (".block.norm.", ".bn."),
        (".block.conv.", ".conv."),
        (".block.exp_1x1.", ".conv1_1x1."),
        (".block.conv_3x3.", ".conv2_kxk."),
        (".block.red_1x1.", ".conv3_1x1."),
        (".local_rep.conv_3x3.", ".conv_kxk."),
        (".local_rep.conv_1x1.conv.", ".conv_1x1."),
        (".pre_norm_mha.0.", ".norm1."),
        (".pre_norm_mha.1.qkv_proj.", ".attn.qkv."),
        (".pre_norm_mha.1.out_proj.", ".attn.proj."),
        (".pre_norm_ffn.0.", ".norm2."),
        (".pre_norm_ffn.1.", ".mlp.fc1."),
        (".pre_norm_ffn.4.", ".mlp.fc2."),
        (".fusion.", ".conv_fusion."),
        ("conv_1x1_exp.", "final_conv."),
        ("conv_1.", "stem."),
        ("classifier.fc.", "head.fc."),
    ];

    private static readonly (string Canonical, string HuggingFace)[] HuggingFaceParts =
    [
        (".block.norm.", ".normalization."),
        (".block.conv.", ".convolution."),
        (".block.exp_1x1.", ".expand_1x1."),
        (".block.conv_3x3.", ".conv_3x3."),
        (".block.red_1x1.", ".reduce_1x1."),
        (".local_rep.conv_3x3.", ".conv_kxk."),
        (".local_rep.conv_1x1.", ".conv_1x1."),
        (".pre_norm_mha.0.", ".layernorm_before."),
        (".pre_norm_mha.1.qkv_proj.", ".attention.attention.qkv."),
        (".pre_norm_mha.1.out_proj.", ".attention.output.dense."),
        (".pre_norm_ffn.0.", ".layernorm_after."),
        (".pre_norm_ffn.1.", ".intermediate.dense."),
        (".pre_norm_ffn.4.", ".output.dense."),
        (".conv_proj.", ".conv_projection."),
        ("conv_1x1_exp.", "mobilevit.conv_1x1_exp."),
        ("conv_1.", "mobilevit.conv_stem."),
        ("classifier.fc.", "classifier."),
    ];

    /// <summary>The tensors of a layout that hold a canonical one: itself, or query, key and value apart.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="canonicalName">The official name.</param>
    /// <returns>One name, or the names of the parts in the order in which the first dimension puts them together.</returns>
    public static string[] Translate(CheckpointLayout layout, string canonicalName) => layout switch
    {
        CheckpointLayout.Cvnets => [canonicalName],
        CheckpointLayout.Timm => [ToTimm(canonicalName)],
        _ => SplitAttention(ToHuggingFace(canonicalName)),
    };

    private static string ToTimm(string name)
    {
        name = LastNorm().Replace(Replace(name, TimmParts), ".norm.$1");
        return Stage().Replace(name, static match => $"stages.{Index(match) - 1}.{match.Groups[2].Value}.")
            .Replace(".global_rep.", ".transformer.", StringComparison.Ordinal);
    }

    private static string ToHuggingFace(string name)
    {
        name = LastNorm().Replace(Replace(name, HuggingFaceParts), ".layernorm.$1");
        return Stage().Replace(name, HuggingFaceStage)
            .Replace(".global_rep.", ".transformer.layer.", StringComparison.Ordinal);
    }

    /// <summary>
    /// The stages without a transformer are lists of blocks; in the others the inverted residual block is called
    /// <c>downsampling_layer</c>, and the parts of the MobileViT block belong to the stage itself.
    /// </summary>
    private static string HuggingFaceStage(Match match)
    {
        const int FirstTransformerStage = 3;
        string prefix = $"mobilevit.encoder.layer.{Index(match) - 1}.";
        return (Index(match) >= FirstTransformerStage, match.Groups[2].Value) switch
        {
            (true, "0") => prefix + "downsampling_layer.",
            (true, "1") => prefix,
            (_, var block) => $"{prefix}layer.{block}.",
        };
    }

    private static string[] SplitAttention(string name) =>
        name.Contains(".qkv.", StringComparison.Ordinal)
            ? Array.ConvertAll(["query", "key", "value"], part => name.Replace(".qkv.", $".{part}.", StringComparison.Ordinal))
            : [name];

    private static string Replace(string name, (string Old, string New)[] parts) =>
        parts.Aggregate(name, static (text, part) => part.Old[0] == '.'
            ? text.Replace(part.Old, part.New, StringComparison.Ordinal)
            : text.StartsWith(part.Old, StringComparison.Ordinal) ? part.New + text[part.Old.Length..] : text);

    private static int Index(Match match) => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^layer_(\d)\.(\d+)\.")]
    private static partial Regex Stage();

    /// <summary>The layer norm behind the last transformer layer, which CVNets counts like one more layer.</summary>
    [GeneratedRegex(@"\.global_rep\.\d+\.(weight|bias)$")]
    private static partial Regex LastNorm();
}
