namespace MlNetMobileViT.Conversion;

/// <summary>
/// MobileNetV2's block ("MV2" in the paper): 1×1 expansion, 3×3 depthwise convolution that carries the stride, linear 1×1
/// reduction, and a shortcut where input and output have the same shape.
/// </summary>
internal sealed class InvertedResidual : NetworkModule
{
    private readonly ConvLayer[] _layers;
    private readonly bool _hasShortcut;

    public InvertedResidual(string name, int inChannels, int outChannels, int stride, int expandRatio)
        : base(name)
    {
        int hidden = MakeDivisible(inChannels * expandRatio);
        _layers =
        [
            new($"{name}.block.exp_1x1", inChannels, hidden, kernel: 1),
            new($"{name}.block.conv_3x3", hidden, hidden, kernel: 3, stride, groups: hidden),
            new($"{name}.block.red_1x1", hidden, outChannels, kernel: 1, activation: false),
        ];
        _hasShortcut = stride == 1 && inChannels == outChannels;
    }

    public override IEnumerable<TensorSpec> Tensors => _layers.SelectMany(static layer => layer.Tensors);

    /// <summary>
    /// The nearest multiple of 8, but never less than 90 % of the value: CVNets' <c>make_divisible</c>, which MobileNet has
    /// from TensorFlow's models.
    /// </summary>
    public static int MakeDivisible(double value)
    {
        const int Divisor = 8;
        int rounded = Math.Max(Divisor, (int)(value + (Divisor / 2)) / Divisor * Divisor);
        return rounded < 0.9 * value ? rounded + Divisor : rounded;
    }

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor output = _layers.Aggregate(input, (tensor, layer) => layer.Forward(graph, tensor));
        return _hasShortcut ? graph.Add(Name, input, output) : output;
    }
}
