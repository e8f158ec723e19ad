namespace MlNetMobileViT.Conversion;

/// <summary>Global average pooling and a linear classifier, in MobileViT behind a last 1×1 convolution.</summary>
internal sealed class ClassificationHead : HeadModule
{
    private readonly ConvLayer? _expansion;
    private readonly Linear _classifier;

    public ClassificationHead(Classification spec, int inChannels)
    {
        _expansion = new(Expansion, inChannels, spec.FeatureChannels, kernel: 1);
        _classifier = new(Classifier, spec.FeatureChannels, spec.Classes);
    }

    public ClassificationHead(LinearClassification spec, int inChannels) => _classifier = new(LinearClassifier, inChannels, spec.Classes);

    public static LayoutName Expansion { get; } =
        LayoutName.RootOf(MobileViTFamily.V1).Part("conv_1x1_exp", "final_conv", "conv_1x1_exp");

    public static LayoutName Classifier { get; } = new("classifier.fc", "head.fc", "classifier");

    /// <summary>The classifier of MobileViTv2, in CVNets the second module of a sequence.</summary>
    public static LayoutName LinearClassifier { get; } = Classifier with { Cvnets = "classifier.1" };

    public override IEnumerable<TensorSpec> Tensors => [.. _expansion?.Tensors ?? [], .. _classifier.Tensors];

    public override void Forward(NetworkGraph graph, GraphTensor map, IDictionary<string, GraphTensor> outputs)
    {
        if (_expansion is not null)
        {
            map = outputs[_expansion.Name] = _expansion.Forward(graph, map);
        }

        GraphTensor features = outputs[ModelOutputs.Features] = graph.GlobalAveragePool("pool", map);
        GraphTensor logits = outputs[ModelOutputs.Logits] = _classifier.Forward(graph, features);
        outputs[ModelOutputs.Probabilities] = graph.Softmax("softmax", logits);
        outputs[ModelOutputs.Activation] = graph.ClassActivation(map, _classifier.Name, logits);
    }
}

/// <inheritdoc/>
internal sealed class ClassificationKind : HeadKind
{
    public override HeadModule? Create(HeadSpec spec, int inChannels) => spec switch
    {
        Classification classification => new ClassificationHead(classification, inChannels),
        LinearClassification classification => new ClassificationHead(classification, inChannels),
        _ => null,
    };

    public override HeadSpec? Describe(TensorDimension dimension, HeadSpec nearest)
    {
        LayoutName classifier = nearest is LinearClassification ? ClassificationHead.LinearClassifier : ClassificationHead.Classifier;
        int? classes = dimension(classifier.Part("weight"), 0) ?? dimension(classifier.Part("bias"), 0);
        int? features = ConvLayer.OutChannels(dimension, ClassificationHead.Expansion);
        return nearest switch
        {
            LinearClassification when classes is not null => new LinearClassification(classes.Value),
            Classification like when (classes ?? features) is not null =>
                new Classification(features ?? like.FeatureChannels, classes ?? like.Classes),
            _ => null,
        };
    }
}
