namespace MlNetMobileViT.Conversion;

/// <summary>
/// The MobileViT block (figure 1b of the paper): local representation by a 3×3 and a 1×1 convolution, global representation
/// by a transformer over unfolded patches, and fusion with the block's input.
/// </summary>
internal sealed class MobileViTBlock : NetworkModule
{
    private readonly ConvLayer _conv3x3;
    private readonly ConvLayer _conv1x1;
    private readonly TransformerLayer[] _transformer;
    private readonly LayerNorm _norm;
    private readonly ConvLayer _projection;
    private readonly ConvLayer _fusion;

    public MobileViTBlock(LayoutName names, MobileViT spec)
        : base(names)
    {
        (int channels, Activation activation) = (spec.Channels, spec.Activation);
        (int dimension, int layers, int feedForward, int heads) = spec.Transformer;
        _conv3x3 = new(Local(names), channels, channels, kernel: 3, activation: activation);
        _conv1x1 = new(ToTokens(names), channels, dimension, kernel: 1, norm: false, activation: null);
        _transformer =
        [
            .. Enumerable.Range(0, layers)
                .Select(index => new TransformerLayer(Layer(names, index), dimension, feedForward, heads, activation)),
        ];
        _norm = new LayerNorm(names.Part($"global_rep.{layers}", "norm", "layernorm"), dimension);
        _projection = new(
            names.Part("conv_proj", "conv_proj", "conv_projection"), dimension, channels, kernel: 1, activation: activation);
        _fusion = new(names.Part("fusion", "conv_fusion", "fusion"), 2 * channels, channels, kernel: 3, activation: activation);
    }

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _conv3x3, _conv1x1 }
            .Concat(_transformer)
            .Concat([_norm, _projection, _fusion])
            .SelectMany(static module => module.Tensors);

    public static LayoutName Local(LayoutName block) => block.Part("local_rep.conv_3x3", "conv_kxk", "conv_kxk");

    public static LayoutName ToTokens(LayoutName block) => block.Part("local_rep.conv_1x1", "conv_1x1", "conv_1x1");

    public static LayoutName Layer(LayoutName block, int index) =>
        block.Part($"global_rep.{index}", $"transformer.{index}", $"transformer.layer.{index}");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor map = _conv1x1.Forward(graph, _conv3x3.Forward(graph, input));
        (GraphTensor tokens, PatchGrid grid) = graph.Unfold(Name, map);
        graph.NotePatchNorm(Name, tokens, map);
        tokens = _transformer.Aggregate(tokens, (tensor, layer) => layer.Forward(graph, tensor));
        map = graph.Fold(Name, _norm.Forward(graph, tokens), grid);
        return _fusion.Forward(graph, [input, _projection.Forward(graph, map)]);
    }
}

/// <inheritdoc/>
internal sealed class MobileViTKind() : BlockKind(typeof(MobileViT), holdsTransformer: true)
{
    public override NetworkModule Create(LayoutName names, int inChannels, BlockSpec block) =>
        new MobileViTBlock(names, (MobileViT)block);

    public override int? Channels(TensorDimension dimension, LayoutName names) =>
        ConvLayer.OutChannels(dimension, MobileViTBlock.Local(names));

    public override BlockSpec? Describe(TensorDimension dimension, LayoutName names, int inChannels, BlockSpec? nearest)
    {
        if (DescribeTransformer(
            dimension, MobileViTBlock.ToTokens(names), layer => TransformerLayer.Expansion(MobileViTBlock.Layer(names, layer))) is not { } read)
        {
            return null;
        }

        // 0 is what no network has, and is refused as such.
        var like = nearest as MobileViT ?? new MobileViT(inChannels, new TransformerSpec(0, 0, 0));
        TransformerSpec transformer = like.Transformer;
        return like with
        {
            Transformer = transformer with
            {
                Dimension = read.Dimension ?? transformer.Dimension,
                Layers = read.Layers == 0 ? transformer.Layers : read.Layers,
                FeedForward = read.FeedForward ?? transformer.FeedForward,
            },
        };
    }
}
