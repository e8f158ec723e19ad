namespace MlNetMobileViT.Conversion;

/// <summary>
/// The MobileViTv2 block (arXiv 2206.02680; CVNets' <c>MobileViTBlockv2</c>): local representation by a depthwise 3×3 and a 1×1
/// convolution, global representation by layers of separable self-attention, and a projection. Unlike MobileViT's it has neither a
/// shortcut nor a fusion with its input.
/// </summary>
/// <remarks>
/// A map that 2×2 patches do not divide is enlarged before the block, and what leaves the block is as large: all later maps are
/// larger with it. MobileViT's block resizes inside and back.
/// </remarks>
internal sealed class MobileViTv2Block : NetworkModule
{
    private readonly ConvLayer _conv3x3;
    private readonly ConvLayer _conv1x1;
    private readonly SeparableLayer[] _layers;
    private readonly GroupNorm _norm;
    private readonly ConvLayer _projection;

    public MobileViTv2Block(LayoutName names, MobileViTv2 spec)
        : base(names)
    {
        int channels = spec.Channels, dimension = spec.Dimension;
        _conv3x3 = new(Local(names), channels, channels, kernel: 3, groups: channels, activation: spec.Activation);
        _conv1x1 = new(ToTokens(names), channels, dimension, kernel: 1, norm: false, activation: null);
        _layers =
        [
            .. Enumerable.Range(0, spec.Layers)
                .Select(index => new SeparableLayer(Layer(names, index), dimension, spec.FeedForward, spec.Activation)),
        ];
        _norm = new GroupNorm(names.Part($"global_rep.{spec.Layers}", "norm", "layernorm"), dimension);
        _projection = new(names.Part("conv_proj", "conv_proj", "conv_projection"), dimension, channels, kernel: 1, activation: null);
    }

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _conv3x3, _conv1x1 }
            .Concat(_layers)
            .Concat([_norm, _projection])
            .SelectMany(static module => module.Tensors);

    public static LayoutName Local(LayoutName block) => block.Part("local_rep.0", "conv_kxk", "conv_kxk");

    public static LayoutName ToTokens(LayoutName block) => block.Part("local_rep.1", "conv_1x1", "conv_1x1");

    public static LayoutName Layer(LayoutName block, int index) =>
        block.Part($"global_rep.{index}", $"transformer.{index}", $"transformer.layer.{index}");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor map = _conv3x3.Forward(graph, graph.EnlargeToWholePatches(Name, input));
        (GraphTensor tokens, PatchGrid grid) = graph.UnfoldWhole(Name, _conv1x1.Forward(graph, map));
        tokens = _layers.Aggregate(tokens, (tensor, layer) => layer.Forward(graph, tensor));
        return _projection.ForwardBehind(_norm, graph, graph.Fold(Name, _norm.Forward(graph, tokens), grid));
    }
}

/// <inheritdoc/>
internal sealed class MobileViTv2Kind() : BlockKind(typeof(MobileViTv2), holdsTransformer: true)
{
    public override NetworkModule Create(LayoutName names, int inChannels, BlockSpec block) =>
        new MobileViTv2Block(names, (MobileViTv2)block);

    public override int? Channels(TensorDimension dimension, LayoutName names) =>
        ConvLayer.OutChannels(dimension, MobileViTv2Block.Local(names));

    public override BlockSpec? Describe(TensorDimension dimension, LayoutName names, int inChannels, BlockSpec? nearest)
    {
        if (DescribeTransformer(
            dimension, MobileViTv2Block.ToTokens(names), layer => SeparableLayer.Expansion(MobileViTv2Block.Layer(names, layer))) is not { } read)
        {
            return null;
        }

        // 0 is what no network has, and is refused as such.
        var like = nearest as MobileViTv2 ?? new MobileViTv2(inChannels, 0, 0, 0);
        return like with
        {
            Dimension = read.Dimension ?? like.Dimension,
            Layers = read.Layers == 0 ? like.Layers : read.Layers,
            FeedForward = read.FeedForward ?? like.FeedForward,
        };
    }
}
