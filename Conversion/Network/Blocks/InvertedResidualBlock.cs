namespace MlNetMobileViT.Conversion;

/// <summary>
/// MobileNetV2's block ("MV2" in the paper): 1×1 expansion, 3×3 depthwise convolution that carries the stride, linear 1×1
/// reduction, and a shortcut where input and output have the same shape.
/// </summary>
internal sealed class InvertedResidualBlock : NetworkModule
{
    private readonly ConvLayer[] _layers;
    private readonly bool _hasShortcut;

    public InvertedResidualBlock(LayoutName names, int inChannels, InvertedResidual spec)
        : base(names)
    {
        int hidden = spec.HiddenChannels(inChannels);
        _layers =
        [
            new(Expansion(names), inChannels, hidden, kernel: 1, activation: spec.Activation),
            new(
                names.Part("block.conv_3x3", "conv2_kxk", "conv_3x3"),
                hidden,
                hidden,
                kernel: 3,
                spec.Stride,
                spec.Dilation,
                groups: hidden,
                activation: spec.Activation),
            new(Reduction(names), hidden, spec.Channels, kernel: 1, activation: null),
        ];
        _hasShortcut = spec.Stride == 1 && inChannels == spec.Channels;
    }

    public override IEnumerable<TensorSpec> Tensors => _layers.SelectMany(static layer => layer.Tensors);

    public static LayoutName Expansion(LayoutName block) => block.Part("block.exp_1x1", "conv1_1x1", "expand_1x1");

    public static LayoutName Reduction(LayoutName block) => block.Part("block.red_1x1", "conv3_1x1", "reduce_1x1");

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor output = _layers.Aggregate(input, (tensor, layer) => layer.Forward(graph, tensor));
        return _hasShortcut ? graph.Add(Name, input, output) : output;
    }
}

/// <inheritdoc/>
internal sealed class InvertedResidualKind() : BlockKind(typeof(InvertedResidual))
{
    public override NetworkModule Create(LayoutName names, int inChannels, BlockSpec block) =>
        new InvertedResidualBlock(names, inChannels, (InvertedResidual)block);

    public override int? Channels(TensorDimension dimension, LayoutName names) =>
        ConvLayer.OutChannels(dimension, InvertedResidualBlock.Reduction(names));

    public override BlockSpec? Describe(TensorDimension dimension, LayoutName names, int inChannels, BlockSpec? nearest)
    {
        LayoutName expansion = InvertedResidualBlock.Expansion(names);
        int? reduced = dimension(ConvLayer.WeightName(InvertedResidualBlock.Reduction(names)), 1);
        int? expanded = ConvLayer.OutChannels(dimension, expansion);
        if ((expanded ?? reduced) is null)
        {
            return null;
        }

        var like = nearest as InvertedResidual ?? new InvertedResidual(inChannels, Stride: 1, ExpandRatio: 1);
        int?[] inputs = [inChannels, dimension(ConvLayer.WeightName(expansion), 1)];
        int? ratio = inputs.SelectMany(_ => new[] { expanded, reduced }, (input, hidden) => Ratio(hidden, input, like.ExpandRatio))
            .FirstOrDefault(static ratio => ratio is not null);
        return like with { ExpandRatio = ratio ?? like.ExpandRatio };
    }

    /// <summary>The ratio that makes as many hidden channels of the input's; null where there is none.</summary>
    private static int? Ratio(int? hidden, int? inChannels, int nearest)
    {
        if (hidden is null || inChannels is null)
        {
            return null;
        }

        int ratio = (int)Math.Round((double)hidden / Math.Max(inChannels.Value, 1));
        int?[] candidates = [nearest, ratio, ratio - 1, ratio + 1];
        return Array.Find(
            candidates, value => value > 0 && InvertedResidual.MakeDivisible((double)inChannels * value.Value) == hidden);
    }
}
