namespace MlNetMobileViT.Conversion;

/// <summary>Last 1×1 convolution, global average pooling, linear classifier.</summary>
internal sealed class ClassificationHead(Classification spec, int inChannels) : HeadModule
{
    private readonly ConvLayer _expansion = new(Expansion, inChannels, spec.FeatureChannels, kernel: 1);
    private readonly Linear _classifier = new(Classifier, spec.FeatureChannels, spec.Classes);

    public static LayoutName Expansion { get; } = LayoutName.Root.Part("conv_1x1_exp", "final_conv", "conv_1x1_exp");

    public static LayoutName Classifier { get; } = new("classifier.fc", "head.fc", "classifier");

    public override IEnumerable<TensorSpec> Tensors => [.. _expansion.Tensors, .. _classifier.Tensors];

    public override void Forward(NetworkGraph graph, GraphTensor map, IDictionary<string, GraphTensor> outputs)
    {
        map = outputs[_expansion.Name] = _expansion.Forward(graph, map);
        GraphTensor features = outputs[ModelOutputs.Features] = graph.GlobalAveragePool("pool", map);
        GraphTensor logits = outputs[ModelOutputs.Logits] = _classifier.Forward(graph, features);
        outputs[ModelOutputs.Probabilities] = graph.Softmax("softmax", logits);
    }
}

/// <inheritdoc/>
internal sealed class ClassificationKind : HeadKind
{
    public override HeadModule? Create(HeadSpec spec, int inChannels) =>
        spec is Classification classification ? new ClassificationHead(classification, inChannels) : null;

    public override HeadSpec? Describe(TensorDimension dimension, HeadSpec nearest)
    {
        int? classes = dimension(ClassificationHead.Classifier.Part("weight"), 0)
            ?? dimension(ClassificationHead.Classifier.Part("bias"), 0);
        int? features = ConvLayer.OutChannels(dimension, ClassificationHead.Expansion);
        return nearest is Classification like && (classes ?? features) is not null
            ? new Classification(features ?? like.FeatureChannels, classes ?? like.Classes)
            : null;
    }
}
