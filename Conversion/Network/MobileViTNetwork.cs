namespace MlNetMobileViT.Conversion;

/// <summary>The whole classifier: stem, five stages, last 1×1 convolution, global average pooling, linear classifier.</summary>
internal sealed class MobileViTNetwork
{
    private readonly ConvLayer _stem;
    private readonly List<IReadOnlyList<NetworkModule>> _stages = [];
    private readonly ConvLayer _expansion;
    private readonly Linear _classifier;

    public MobileViTNetwork(MobileViTArchitecture architecture)
    {
        _stem = new ConvLayer("conv_1", inChannels: 3, architecture.StemChannels, kernel: 3, stride: 2);
        int channels = architecture.StemChannels;
        for (int i = 0; i < architecture.Stages.Count; i++)
        {
            StageSpec stage = architecture.Stages[i];
            string name = $"layer_{i + 1}";
            var blocks = new List<NetworkModule>();
            for (int block = 0; block < stage.InvertedResiduals; block++)
            {
                int stride = block == 0 ? stage.Stride : 1;
                blocks.Add(new InvertedResidual($"{name}.{block}", channels, stage.Channels, stride, architecture.ExpandRatio));
                channels = stage.Channels;
            }

            if (stage.Transformer is { } transformer)
            {
                blocks.Add(new MobileViTBlock($"{name}.{blocks.Count}", channels, transformer, architecture.Heads));
            }

            _stages.Add(blocks);
        }

        _expansion = new ConvLayer("conv_1x1_exp", channels, architecture.FeatureChannels, kernel: 1);
        _classifier = new Linear("classifier.fc", architecture.FeatureChannels, architecture.Classes);
    }

    /// <summary>Every tensor of the official state dict, in its order.</summary>
    public IEnumerable<TensorSpec> Tensors =>
        _stages.SelectMany(static stage => stage).Prepend(_stem).Append(_expansion).Append(_classifier)
            .SelectMany(static module => module.Tensors);

    /// <summary>Writes the network into a graph and returns the tensors that can be outputs, by <see cref="ModelOutputs"/>.</summary>
    public IReadOnlyDictionary<string, GraphTensor> Forward(NetworkGraph graph)
    {
        var outputs = new Dictionary<string, GraphTensor>();
        GraphTensor map = outputs[_stem.Name] = _stem.Forward(graph, graph.Input);
        for (int i = 0; i < _stages.Count; i++)
        {
            map = outputs[$"layer_{i + 1}"] = _stages[i].Aggregate(map, (tensor, module) => module.Forward(graph, tensor));
        }

        map = outputs[_expansion.Name] = _expansion.Forward(graph, map);
        GraphTensor features = outputs[ModelOutputs.Features] = graph.GlobalAveragePool("pool", map);
        GraphTensor logits = outputs[ModelOutputs.Logits] = _classifier.Forward(graph, features);
        outputs[ModelOutputs.Probabilities] = graph.Softmax("softmax", logits);
        return outputs;
    }
}
