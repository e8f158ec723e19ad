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
        var candidates = MobileViTVariants.NamesOf(tensors.Family).Select(name =>
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
        int stem = ConvLayer.OutChannels(tensors.Dimension, MobileViTNetwork.Stem(LayoutName.RootOf(tensors.Family))) ?? nearest.StemChannels;
        var stages = new List<IReadOnlyList<BlockSpec>>();
        foreach (IReadOnlyList<BlockSpec> stage in nearest.Stages)
        {
            stages.Add(DescribeStage(tensors, stages.Count, stages.Count == 0 ? stem : stages[^1][^1].Channels, stage));
        }

        return new Backbone(stem, stages);
    }

    private static List<BlockSpec> DescribeStage(SourceTensors tensors, int stage, int channels, IReadOnlyList<BlockSpec> nearest)
    {
        (bool hasTransformer, BlockKind[] kinds) = FindKinds(tensors, stage, nearest);
        LayoutName[] names = [.. kinds.Select((kind, i) => kind.NameOf(LayoutName.RootOf(tensors.Family), stage, i, hasTransformer))];
        int?[] told = [.. kinds.Zip(names, (kind, name) => kind.Channels(tensors.Dimension, name))];
        var blocks = new List<BlockSpec>();
        for (int i = 0; i < kinds.Length; i++)
        {
            BlockKind kind = kinds[i];
            BlockSpec? like = nearest.ElementAtOrDefault(i) is { } same && BlockKind.Of(same) == kind ? same : null;
            BlockSpec? fallback = like ?? nearest.FirstOrDefault(block => BlockKind.Of(block) == kind);
            BlockSpec block = kind.Describe(tensors.Dimension, names[i], channels, kind.HoldsTransformer ? fallback : like) ?? fallback!;

            // A block that does not tell its channels has those of the one before it in the stage, or else of the next that does.
            int? width = kind.HoldsTransformer ? channels : told[i] ?? blocks.LastOrDefault()?.Channels;
            channels = width ?? told.FirstOrDefault(static value => value is not null) ?? block.Channels;
            blocks.Add(block with { Channels = channels });
        }

        return blocks;
    }

    /// <summary>
    /// The kinds of a stage's blocks, by the names of the tensors: inverted residual blocks, and a block with a transformer last or none. A
    /// block of which all tensors are missing is there where others come after it, or where the nearest published stage has its
    /// transformer and no inverted residual block stands in that place.
    /// </summary>
    private static (bool HasTransformer, BlockKind[] Kinds) FindKinds(
        SourceTensors tensors, int stage, IReadOnlyList<BlockSpec> nearest)
    {
        BlockKind residual = BlockKind.All.First(static kind => !kind.HoldsTransformer);
        BlockKind transformer = BlockKind.TransformerOf(tensors.Family);
        LayoutName root = LayoutName.RootOf(tensors.Family);
        int[] Find(BlockKind kind, bool hasTransformer) =>
        [
            .. Enumerable.Range(0, MaxBlocks + 1).Where(i =>
                kind.Describe(tensors.Dimension, kind.NameOf(root, stage, i, hasTransformer), inChannels: 1, nearest: null) is not null),
        ];

        // In Hugging Face's layout the names of the blocks depend on whether one of them holds a transformer.
        int[] before = Find(residual, hasTransformer: true), alone = Find(residual, hasTransformer: false);
        int[] transformers = Find(transformer, hasTransformer: true);
        int published = nearest.Count(static block => !BlockKind.Of(block).HoldsTransformer);
        bool isLost = before.Length > alone.Length || (before.Length == alone.Length && !alone.Contains(published));
        bool hasTransformer = transformers.Length > 0 || (published < nearest.Count && isLost);
        int[] residuals = hasTransformer ? before : alone;
        int count = residuals.Length == 0 ? published : residuals[^1] + 1;

        // In that layout a block with a transformer is found in every place, as its name has none; in the others its place counts.
        if (transformers.Length > 0 && !transformers.Contains(count))
        {
            count = transformers[0];
        }

        return (hasTransformer, [.. Enumerable.Repeat(residual, count), .. hasTransformer ? [transformer] : Array.Empty<BlockKind>()]);
    }
}
