namespace MlNetMobileViT.Conversion;

/// <summary>A kind of block: how its module is made, and how it is recognised in a checkpoint.</summary>
/// <param name="spec">The blocks of this kind.</param>
/// <param name="holdsTransformer">See <see cref="HoldsTransformer"/>.</param>
internal abstract class BlockKind(Type spec, bool holdsTransformer = false)
{
    /// <summary>The kinds that there are.</summary>
    public static IReadOnlyList<BlockKind> All { get; } = [new InvertedResidualKind(), new MobileViTKind(), new MobileViTv2Kind()];

    /// <summary>
    /// Whether the block holds a transformer. Hugging Face's stages that have such a block have its parts themselves, and call
    /// the block before it their <c>downsampling_layer</c>; the others are lists of blocks.
    /// </summary>
    public bool HoldsTransformer => holdsTransformer;

    /// <summary>The kind of a family's blocks that hold a transformer.</summary>
    public static BlockKind TransformerOf(MobileViTFamily family)
    {
        Type spec = family == MobileViTFamily.V2 ? typeof(MobileViTv2) : typeof(MobileViT);
        return All.First(kind => kind.Spec == spec);
    }

    /// <summary>The kind of a block.</summary>
    public static BlockKind Of(BlockSpec block) => All.First(kind => kind.Spec == block.GetType());

    private Type Spec => spec;

    /// <summary>The most layers of a transformer that are looked for.</summary>
    private const int MaxLayers = 64;

    /// <summary>Makes the module of a block.</summary>
    public abstract NetworkModule Create(LayoutName names, int inChannels, BlockSpec block);

    /// <summary>The channels of a block, as the shapes of its tensors have them; null where they do not say.</summary>
    public abstract int? Channels(TensorDimension dimension, LayoutName names);

    /// <summary>Reads a block off the shapes of its tensors, its channels apart.</summary>
    /// <param name="dimension">The shapes.</param>
    /// <param name="names">What the block would be called.</param>
    /// <param name="inChannels">The channels that enter it.</param>
    /// <param name="nearest">What stands in this place in the nearest published network, for what shapes do not show.</param>
    /// <returns>The block; null where there is none of this kind.</returns>
    public abstract BlockSpec? Describe(TensorDimension dimension, LayoutName names, int inChannels, BlockSpec? nearest);

    /// <summary>Reads a transformer off the shapes of its tensors; null where there is none. What they do not say is null, or 0 layers.</summary>
    /// <param name="dimension">The shapes.</param>
    /// <param name="toTokens">The 1×1 convolution before it.</param>
    /// <param name="expansionOf">The first linear layer of the feed-forward network, by the layer's index.</param>
    protected static (int? Dimension, int Layers, int? FeedForward)? DescribeTransformer(
        TensorDimension dimension, LayoutName toTokens, Func<int, LayoutName> expansionOf)
    {
        int? width = dimension(ConvLayer.WeightName(toTokens, norm: false), 0);
        int?[] feedForward = [.. Enumerable.Range(0, MaxLayers + 1).Select(layer => dimension(expansionOf(layer).Part("weight"), 0))];
        int layers = Array.FindLastIndex(feedForward, static value => value is not null) + 1;
        return width is null && layers == 0
            ? null
            : (width ?? dimension(expansionOf(0).Part("weight"), 1), layers, feedForward[0]);
    }

    /// <summary>The name of a block of this kind.</summary>
    /// <param name="root">What the names of the backbone begin with.</param>
    /// <param name="stage">The stage, from 0.</param>
    /// <param name="block">The block in the stage, from 0.</param>
    /// <param name="hasTransformer">Whether a block of the stage holds a transformer.</param>
    public LayoutName NameOf(LayoutName root, int stage, int block, bool hasTransformer) =>
        root.Part($"layer_{stage + 1}", $"stages.{stage}", $"encoder.layer.{stage}").Part(
            $"{block}",
            $"{block}",
            HoldsTransformer ? "" : hasTransformer && block == 0 ? "downsampling_layer" : $"layer.{block}");
}
