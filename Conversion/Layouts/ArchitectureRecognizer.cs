namespace MlNetMobileViT.Conversion;

/// <summary>
/// Finds the architecture that a checkpoint's tensors belong to, by their shapes: a published variant, or one of custom widths
/// and depths. What leaves no trace in shapes is taken from the published variant that is nearest: strides, dilation, activations
/// and the number of attention heads.
/// </summary>
internal static class ArchitectureRecognizer
{
    private const int MaxBlocks = 64;

    /// <summary>Finds the architecture that fits most of the tensors.</summary>
    /// <returns>
    /// The best of the published variants, unless the shapes themselves describe an architecture that fits better. So a
    /// single tensor of a wrong shape does not turn a published model into a custom one. And the published variant.
    /// </returns>
    public static (MobileViTArchitecture Architecture, string Nearest) Recognize(SourceTensors tensors)
    {
        var candidates = MobileViTVariants.Names.Select(name =>
        {
            var variant = MobileViTVariants.Get(name);
            var sized = variant.WithClasses(DescribeHead(tensors, variant.Head).Classes);
            variant = IsValid(sized) ? sized : variant;
            return (Name: name, Architecture: variant, Matches: tensors.CountMatches(variant));
        });
        var best = candidates.MaxBy(static candidate => candidate.Matches);
        var own = new MobileViTArchitecture
        {
            Backbone = DescribeBackbone(tensors, best.Architecture.Backbone),
            Head = DescribeHead(tensors, best.Architecture.Head),
        };
        return (IsValid(own) && tensors.CountMatches(own) > best.Matches ? own : best.Architecture, best.Name);
    }

    private static bool IsValid(MobileViTArchitecture architecture)
    {
        try
        {
            // Whether the number of heads fits is for the caller to say, who may know another.
            architecture.WithHeads(1).Validate();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static HeadSpec DescribeHead(SourceTensors tensors, HeadSpec nearest) =>
        HeadKind.All.Select(kind => kind.Describe(tensors.Dimension, nearest)).FirstOrDefault(static head => head is not null) ?? nearest;

    /// <summary>Reads stem and stages off the shapes; what they do not say comes from <paramref name="nearest"/>.</summary>
    private static Backbone DescribeBackbone(SourceTensors tensors, Backbone nearest)
    {
        int stem = tensors.Dimension(ConvLayer.WeightName(MobileViTNetwork.Stem), 0) ?? nearest.StemChannels;
        var stages = new List<IReadOnlyList<BlockSpec>>();
        int channels = stem;
        foreach (IReadOnlyList<BlockSpec> stage in nearest.Stages)
        {
            // The names of the blocks can depend on whether one of them holds a transformer, which is only known afterwards.
            var blocks = DescribeStage(tensors, stages.Count, hasTransformer: true, channels, stage);
            if (blocks.Count == 0 || !BlockKind.Of(blocks[^1]).HoldsTransformer)
            {
                blocks = DescribeStage(tensors, stages.Count, hasTransformer: false, channels, stage);
            }

            stages.Add(blocks.Count == 0 ? stage : blocks);
            channels = stages[^1][^1].Channels;
        }

        return new Backbone(stem, stages);
    }

    private static List<BlockSpec> DescribeStage(
        SourceTensors tensors, int stage, bool hasTransformer, int channels, IReadOnlyList<BlockSpec> nearest)
    {
        var blocks = new List<BlockSpec>();
        for (int i = 0; i <= MaxBlocks; i++)
        {
            BlockSpec? block = BlockKind.All
                .Select(kind => kind.Describe(
                    tensors.Dimension, kind.NameOf(stage, i, hasTransformer), channels, nearest.ElementAtOrDefault(i)))
                .FirstOrDefault(static block => block is not null);
            if (block is null)
            {
                continue;
            }

            while (blocks.Count < i)
            {
                // All tensors of a block are missing that others come after.
                blocks.Add(nearest.ElementAtOrDefault(blocks.Count) ?? blocks.LastOrDefault() ?? block);
            }

            blocks.Add(block);
            channels = block.Channels;
            if (BlockKind.Of(block).HoldsTransformer)
            {
                break;
            }
        }

        return blocks;
    }
}
