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
