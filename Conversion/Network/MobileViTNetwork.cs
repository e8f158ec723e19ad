namespace MlNetMobileViT.Conversion;

/// <summary>The whole network: stem, five stages, head.</summary>
internal sealed class MobileViTNetwork
{
    private readonly ConvLayer _stem;
    private readonly List<NetworkModule[]> _stages = [];
    private readonly HeadModule _head;

    public MobileViTNetwork(MobileViTArchitecture architecture)
    {
        LayoutName root = LayoutName.RootOf(architecture.Family);
        int channels = architecture.Backbone.StemChannels;
        _stem = new ConvLayer(Stem(root), inChannels: 3, channels, kernel: 3, stride: 2);
        foreach (IReadOnlyList<BlockSpec> stage in architecture.Backbone.Stages)
        {
            bool hasTransformer = stage.Any(static block => BlockKind.Of(block).HoldsTransformer);
            var modules = new NetworkModule[stage.Count];
            for (int block = 0; block < modules.Length; block++)
            {
                BlockKind kind = BlockKind.Of(stage[block]);
                modules[block] = kind.Create(kind.NameOf(root, _stages.Count, block, hasTransformer), channels, stage[block]);
                channels = stage[block].Channels;
            }

            _stages.Add(modules);
        }

        _head = HeadKind.All.Select(kind => kind.Create(architecture.Head, channels)).First(static head => head is not null)!;
    }

    /// <summary>What the stem is called.</summary>
    public static LayoutName Stem(LayoutName root) => root.Part("conv_1", "stem", "conv_stem");

    /// <summary>Every tensor of the official state dict, in its order.</summary>
    public IEnumerable<TensorSpec> Tensors =>
        _stages.SelectMany(static stage => stage).Prepend(_stem).SelectMany(static module => module.Tensors).Concat(_head.Tensors);

    /// <summary>Writes the plain graph of an architecture: float32, and operators of the ONNX standard only.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="weights">The tensors of the state dict by canonical name.</param>
    /// <param name="style">Shapes and layer norm.</param>
    /// <param name="outputs">The names of the outputs, of <see cref="ModelOutputs"/>.</param>
    /// <exception cref="ArgumentException">The network has no output of one of the names.</exception>
    /// <exception cref="OverflowException">Weights are beyond the range of float32; the message names them.</exception>
    public static NetworkGraph Write(
        MobileViTArchitecture architecture,
        IReadOnlyDictionary<string, float[]> weights,
        GraphStyle style,
        IReadOnlyList<string> outputs)
    {
        var graph = new NetworkGraph(weights, style);
        Dictionary<string, GraphTensor> available = new MobileViTNetwork(architecture).Forward(graph);
        foreach (string output in outputs)
        {
            graph.AddOutput(output, available.GetValueOrDefault(output) ?? throw new ArgumentException(
                $"{architecture.Family.Name} has no output '{output}'; the outputs that it has are {string.Join(", ", available.Keys)}."));
        }

        return graph;
    }

    /// <summary>Multiply-accumulate operations of an architecture for one picture.</summary>
    public static long CountMacs(MobileViTArchitecture architecture, int height, int width)
    {
        var zeros = architecture.Tensors().ToDictionary(static spec => spec.Name, static spec => new float[spec.ElementCount]);
        return Write(architecture, zeros, new GraphStyle(height, width), outputs: []).Macs;
    }

    /// <summary>Writes the network into a graph and returns the tensors that can be outputs, by <see cref="ModelOutputs"/>.</summary>
    private Dictionary<string, GraphTensor> Forward(NetworkGraph graph)
    {
        var outputs = new Dictionary<string, GraphTensor>();
        GraphTensor map = outputs[_stem.Name] = _stem.Forward(graph, graph.Input);
        for (int i = 0; i < _stages.Count; i++)
        {
            map = outputs[$"layer_{i + 1}"] = _stages[i].Aggregate(map, (tensor, module) => module.Forward(graph, tensor));
        }

        _head.Forward(graph, map, outputs);
        return outputs;
    }
}
