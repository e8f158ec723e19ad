using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// MobileViTv2 as <c>torch.onnx</c> would write the official code: patches unfolded and folded by reshapes and transposes around every
/// block, group norms with their scale and offset, one projection for query, keys and values that is split, and every bias added by
/// itself. Stem, inverted residuals and head are the converter's own.
/// </summary>
internal sealed class TranscribedNetwork
{
    private readonly NetworkGraph _graph;

    private TranscribedNetwork(IReadOnlyDictionary<string, float[]> weights, int side) => _graph = new NetworkGraph(weights, new GraphStyle(side, side));

    private OnnxGraph Onnx => _graph.Onnx;

    /// <summary>Writes the network for square inputs of even maps; its only output is the logits.</summary>
    public static NetworkGraph Write(MobileViTArchitecture architecture, IReadOnlyDictionary<string, float[]> weights, int side)
    {
        var network = new TranscribedNetwork(weights, side);
        NetworkGraph graph = network._graph;
        LayoutName root = LayoutName.RootOf(architecture.Family);
        int channels = architecture.Backbone.StemChannels;
        GraphTensor map = new ConvLayer(MobileViTNetwork.Stem(root), 3, channels, kernel: 3, stride: 2).Forward(graph, graph.Input);
        for (int stage = 0; stage < architecture.Backbone.Stages.Count; stage++)
        {
            IReadOnlyList<BlockSpec> blocks = architecture.Backbone.Stages[stage];
            bool hasTransformer = blocks.Any(static block => block is MobileViTv2);
            for (int block = 0; block < blocks.Count; block++)
            {
                BlockKind kind = BlockKind.Of(blocks[block]);
                LayoutName names = kind.NameOf(root, stage, block, hasTransformer);
                map = blocks[block] is MobileViTv2 spec
                    ? network.Block(names.Cvnets, map, spec)
                    : kind.Create(names, channels, blocks[block]).Forward(graph, map);
                channels = blocks[block].Channels;
            }
        }

        var outputs = new Dictionary<string, GraphTensor>();
        HeadKind.All.Select(kind => kind.Create(architecture.Head, channels)).First(static head => head is not null)!.Forward(graph, map, outputs);
        graph.AddOutput(ModelOutputs.Logits, outputs[ModelOutputs.Logits]);
        return graph;
    }

    private GraphTensor Block(string name, GraphTensor input, MobileViTv2 spec)
    {
        const int Patch = MobileViTArchitecture.PatchSize;
        int d = spec.Dimension, rows = input.Shape[1] / Patch, columns = input.Shape[2] / Patch;
        GraphTensor local = new ConvLayer(MobileViTv2Block.Local(new LayoutName(name, name, name)), spec.Channels, spec.Channels, kernel: 3, groups: spec.Channels).Forward(_graph, input);
        string map = Convolution($"{name}.local_rep.1", local.Name, spec.Channels, d, ".block.conv", hasBias: false);
        string split = Reshape($"{name}.split", map, -1, d, rows, Patch, columns, Patch);
        string turned = Transpose($"{name}.turned", split, 0, 1, 3, 5, 2, 4);
        string tokens = Reshape($"{name}.tokens", turned, -1, d, Patch * Patch, rows * columns);
        for (int i = 0; i < spec.Layers; i++)
        {
            string layer = $"{name}.global_rep.{i}";
            tokens = Add($"{layer}.middle", tokens, Attention($"{layer}.pre_norm_attn.1", Norm($"{layer}.pre_norm_attn.0", tokens, d), d));
            string hidden = Convolution($"{layer}.pre_norm_ffn.1", Norm($"{layer}.pre_norm_ffn.0", tokens, d), d, spec.FeedForward, ".block.conv");
            string silu = Onnx.Node("Mul", $"{layer}.silu", [hidden, Onnx.Node("Sigmoid", $"{layer}.sigmoid", [hidden])]);
            tokens = Add($"{layer}.out", tokens, Convolution($"{layer}.pre_norm_ffn.3", silu, spec.FeedForward, d, ".block.conv"));
        }

        tokens = Norm($"{name}.global_rep.{spec.Layers}", tokens, d);
        string patches = Reshape($"{name}.patches", tokens, -1, d, Patch, Patch, rows, columns);
        string back = Transpose($"{name}.back", patches, 0, 1, 4, 2, 5, 3);
        string folded = Reshape($"{name}.folded", back, -1, d, Patch * rows, Patch * columns);
        return new ConvLayer(new LayoutName(name, name, name).Part("conv_proj"), d, spec.Channels, kernel: 1, activation: null)
            .Forward(_graph, new GraphTensor(folded, d, input.Shape[1], input.Shape[2]));
    }

    private string Attention(string name, string tokens, int d)
    {
        string joined = Convolution($"{name}.qkv_proj", tokens, d, 1 + (2 * d), ".block.conv");
        string query = Slice($"{name}.query", joined, 0, 1), key = Slice($"{name}.key", joined, 1, 1 + d), value = Slice($"{name}.value", joined, 1 + d, 1 + (2 * d));
        string scores = Onnx.Node("Softmax", $"{name}.scores", [query], [new("axis", -1L)]);
        string weighted = Onnx.Node("Mul", $"{name}.weighted", [key, scores]);
        string context = Onnx.Node("ReduceSum", $"{name}.context", [weighted, Onnx.Integers(-1)], [new("keepdims", 1L)]);
        string relu = Onnx.Node("Relu", $"{name}.relu", [value]);
        return Convolution($"{name}.out_proj", Onnx.Node("Mul", $"{name}.product", [relu, context]), d, d, ".block.conv");
    }

    /// <summary>Group norm of one group as an instance norm of one channel, as <c>torch.onnx</c> writes it.</summary>
    private string Norm(string name, string tokens, int d)
    {
        string flat = Reshape($"{name}.flat", tokens, 0, 1, -1);
        string one = Onnx.Weights($"{name}.one", new float[] { 1 }, 1), zero = Onnx.Weights($"{name}.zero", new float[] { 0 }, 1);
        string standardized = Onnx.Node("InstanceNormalization", $"{name}.standardized", [flat, one, zero], [new("epsilon", MobileViTArchitecture.NormEpsilon)]);
        string shape = Onnx.Node("Shape", $"{name}.shape", [tokens]);
        string shaped = Onnx.Node("Reshape", $"{name}.shaped", [standardized, shape]);
        string scaled = Onnx.Node("Mul", $"{name}.scaled", [shaped, Onnx.Weights($"{name}.weight", _graph.Weight($"{name}.weight"), d, 1, 1)]);
        return Add($"{name}.offset", scaled, Onnx.Weights($"{name}.bias", _graph.Weight($"{name}.bias"), d, 1, 1));
    }

    private string Convolution(string name, string input, int inChannels, int outChannels, string part, bool hasBias = true)
    {
        string weight = Onnx.Weights($"{name}.weight", _graph.Weight($"{name}{part}.weight"), outChannels, inChannels, 1, 1);
        string output = Onnx.Node("Conv", $"{name}.conv", [input, weight], [new("kernel_shape", new long[] { 1, 1 })]);
        return hasBias ? Add($"{name}.biased", output, Onnx.Weights($"{name}.bias", _graph.Weight($"{name}{part}.bias"), outChannels, 1, 1)) : output;
    }

    private string Add(string name, string left, string right) => Onnx.Node("Add", name, [left, right]);

    private string Reshape(string name, string input, params long[] shape) => Onnx.Node("Reshape", name, [input, Onnx.Integers(shape)]);

    private string Transpose(string name, string input, params long[] order) => Onnx.Node("Transpose", name, [input], [new("perm", order)]);

    private string Slice(string name, string input, long from, long to) =>
        Onnx.Node("Slice", name, [input, Onnx.Integers(from), Onnx.Integers(to), Onnx.Integers(1)]);
}
