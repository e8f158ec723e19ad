namespace MlNetMobileViT.Conversion;

/// <summary>
/// Finds the architecture that a checkpoint's tensors belong to, by their shapes: a published variant, or one of custom widths
/// and depths. Strides and the number of attention heads leave no trace in shapes; they are taken to be those of the
/// published models.
/// </summary>
internal static class ArchitectureRecognizer
{
    private const int MaxBlocks = 64;

    /// <summary>Finds the architecture that fits most of the tensors.</summary>
    /// <returns>
    /// The best of the published variants, unless the shapes themselves describe an architecture that fits better. So a
    /// single tensor of a wrong shape does not turn a published model into a custom one.
    /// </returns>
    public static MobileViTArchitecture Recognize(SourceTensors tensors)
    {
        int? classes = tensors.Dimension("classifier.fc.weight", 0) ?? tensors.Dimension("classifier.fc.bias", 0);
        var candidates = MobileViTVariants.Names
            .Select(MobileViTVariants.Get)
            .Select(variant => IsValid(variant with { Classes = classes ?? variant.Classes })
                ? variant with { Classes = classes ?? variant.Classes }
                : variant)
            .Select(variant => (Architecture: variant, Matches: tensors.CountMatches(variant)))
            .ToList();
        var best = candidates.MaxBy(static candidate => candidate.Matches);
        var described = Describe(tensors, best.Architecture);
        return IsValid(described) && tensors.CountMatches(described) > best.Matches ? described : best.Architecture;
    }

    private static bool IsValid(MobileViTArchitecture architecture)
    {
        try
        {
            // Whether the number of heads fits is for the caller to say, who may know another.
            (architecture with { Heads = 1 }).Validate();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Reads the architecture off the shapes; what they do not say comes from <paramref name="nearest"/>.</summary>
    private static MobileViTArchitecture Describe(SourceTensors tensors, MobileViTArchitecture nearest)
    {
        var stages = nearest.Stages.Select((stage, index) => DescribeStage(tensors, $"layer_{index + 1}", stage)).ToList();
        return nearest with
        {
            StemChannels = tensors.Dimension("conv_1.block.conv.weight", 0) ?? nearest.StemChannels,
            ExpandRatio = DescribeExpandRatio(tensors, nearest.ExpandRatio),
            Stages = stages,
            FeatureChannels = tensors.Dimension("conv_1x1_exp.block.conv.weight", 0) ?? nearest.FeatureChannels,
        };
    }

    private static StageSpec DescribeStage(SourceTensors tensors, string name, StageSpec nearest)
    {
        int blocks = Count(index => tensors.Dimension($"{name}.{index}.block.red_1x1.block.conv.weight", 0) is not null);
        blocks = blocks == 0 ? nearest.InvertedResiduals : blocks;
        string block = $"{name}.{blocks}";
        return nearest with
        {
            Channels = tensors.Dimension($"{name}.0.block.red_1x1.block.conv.weight", 0) ?? nearest.Channels,
            InvertedResiduals = blocks,
            Transformer = nearest.Transformer is { } transformer ? DescribeTransformer(tensors, block, transformer) : null,
        };
    }

    private static TransformerSpec DescribeTransformer(SourceTensors tensors, string block, TransformerSpec nearest)
    {
        int layers = Count(index => tensors.Dimension($"{block}.global_rep.{index}.pre_norm_ffn.1.weight", 0) is not null);
        return new TransformerSpec(
            tensors.Dimension($"{block}.local_rep.conv_1x1.block.conv.weight", 0) ?? nearest.Dimension,
            layers == 0 ? nearest.Layers : layers,
            tensors.Dimension($"{block}.global_rep.0.pre_norm_ffn.1.weight", 0) ?? nearest.FeedForward);
    }

    /// <summary>The ratio by which the first block of the second stage, or of a later one, widens its input.</summary>
    private static int DescribeExpandRatio(SourceTensors tensors, int nearest)
    {
        for (int stage = 2; stage <= 5; stage++)
        {
            string name = $"layer_{stage}.0.block.exp_1x1.block.conv.weight";
            if (tensors.Dimension(name, 0) is { } hidden && tensors.Dimension(name, 1) is { } channels and > 0)
            {
                int ratio = (int)Math.Round((double)hidden / channels);
                int[] candidates = [ratio, ratio - 1, ratio + 1];
                return Array.Find(candidates, value => value > 0 && InvertedResidual.MakeDivisible((double)channels * value) == hidden);
            }
        }

        return nearest;
    }

    private static int Count(Func<int, bool> isThere) => Enumerable.Range(0, MaxBlocks + 1).LastOrDefault(isThere, -1) + 1;
}
