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

    public MobileViTBlock(string name, int channels, TransformerSpec transformer, int heads)
        : base(name)
    {
        int dimension = transformer.Dimension;
        _conv3x3 = new($"{name}.local_rep.conv_3x3", channels, channels, kernel: 3);
        _conv1x1 = new($"{name}.local_rep.conv_1x1", channels, dimension, kernel: 1, norm: false, activation: false);
        _transformer =
        [
            .. Enumerable.Range(0, transformer.Layers)
                .Select(index => new TransformerLayer($"{name}.global_rep.{index}", dimension, transformer.FeedForward, heads)),
        ];
        _norm = new LayerNorm($"{name}.global_rep.{transformer.Layers}", dimension);
        _projection = new($"{name}.conv_proj", dimension, channels, kernel: 1);
        _fusion = new($"{name}.fusion", 2 * channels, channels, kernel: 3);
    }

    public override IEnumerable<TensorSpec> Tensors =>
        new NetworkModule[] { _conv3x3, _conv1x1 }
            .Concat(_transformer)
            .Concat([_norm, _projection, _fusion])
            .SelectMany(static module => module.Tensors);

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input)
    {
        GraphTensor map = _conv1x1.Forward(graph, _conv3x3.Forward(graph, input));
        (GraphTensor tokens, PatchGrid grid) = graph.Unfold(Name, map);
        tokens = _transformer.Aggregate(tokens, (tensor, layer) => layer.Forward(graph, tensor));
        map = graph.Fold(Name, _norm.Forward(graph, tokens), grid);
        return _fusion.Forward(graph, [input, _projection.Forward(graph, map)]);
    }
}
