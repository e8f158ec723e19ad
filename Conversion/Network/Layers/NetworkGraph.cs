namespace MlNetMobileViT.Conversion;

/// <summary>
/// What modules write themselves into: the layers of a MobileViT as operators of the ONNX standard, in float32. It follows shapes
/// for the nominal input size and counts multiply-accumulate operations on the way.
/// </summary>
/// <remarks>
/// The batch dimension is never mentioned by number, so one graph serves a dynamic batch and a fixed one. Which formulation
/// of a layer is fastest was measured in ONNX Runtime on one thread; <c>Benchmarks -- graph</c> prints comparison and profile.
/// </remarks>
internal sealed partial class NetworkGraph
{
    private const int Patch = MobileViTArchitecture.PatchSize;
    private const int PatchPixels = Patch * Patch;

    private readonly OnnxGraph _graph = new("mobilevit");
    private readonly IReadOnlyDictionary<string, float[]> _weights;
    private readonly GraphStyle _style;

    /// <summary>Begins a graph.</summary>
    /// <param name="weights">The tensors of the state dict by canonical name.</param>
    /// <param name="style">Shapes and layer norm.</param>
    public NetworkGraph(IReadOnlyDictionary<string, float[]> weights, GraphStyle style)
    {
        _weights = weights;
        _style = style;
        Input = new GraphTensor(ModelOutputs.Input, 3, style.Height, style.Width);
        _graph.AddInput(
            ModelOutputs.Input,
            style.DynamicSize ? [Batch, 3, "H", "W"] : [Batch, 3, style.Height, style.Width]);
    }

    /// <summary>The graph as it stands.</summary>
    public OnnxGraph Onnx => _graph;

    /// <summary>The network's input, <c>[N, 3, H, W]</c>.</summary>
    public GraphTensor Input { get; }

    /// <summary>Multiply-accumulate operations so far, for one picture of the nominal size.</summary>
    public long Macs { get; private set; }

    /// <summary>The batch dimension of inputs and outputs.</summary>
    private object Batch => _style.Batch is { } fixedBatch ? fixedBatch : "N";

    /// <summary>A tensor of the state dict, by its canonical name.</summary>
    public float[] Weight(string name) => _weights[name];

    /// <summary>
    /// A convolution with "same" padding for odd kernels, over feature maps that are joined along their channels.
    /// </summary>
    public GraphTensor Conv(
        string name,
        IReadOnlyList<GraphTensor> inputs,
        float[] weight,
        float[]? bias,
        int outChannels,
        int kernel,
        int stride,
        int dilation,
        int groups)
    {
        string input = inputs.Count == 1
            ? inputs[0].Name
            : _graph.Node("Concat", $"{name}.concat", inputs.Select(static map => map.Name), [new("axis", 1L)]);
        int perGroup = inputs.Sum(static map => map.Shape[0]) / groups;
        List<string> operands = [input, _graph.Weights($"{name}.weight", weight, outChannels, perGroup, kernel, kernel)];
        if (bias is not null)
        {
            operands.Add(_graph.Weights($"{name}.bias", bias, outChannels));
        }

        int padding = kernel / 2 * dilation;
        List<KeyValuePair<string, object>> attributes =
        [
            new("kernel_shape", new long[] { kernel, kernel }),
            new("strides", new long[] { stride, stride }),
            new("pads", new long[] { padding, padding, padding, padding }),
            new("group", (long)groups),
        ];
        if (dilation > 1)
        {
            attributes.Add(new("dilations", new long[] { dilation, dilation }));
        }

        string output = _graph.Node("Conv", $"{name}.conv", operands, attributes);
        var result = new GraphTensor(output, outChannels, Strided(inputs[0].Shape[1]), Strided(inputs[0].Shape[2]));
        Macs += result.ElementCount * perGroup * kernel * kernel;
        if (!_style.DynamicSize)
        {
            // Behind a reshape ONNX Runtime has lost sight of the batch, and does not join sums of maps to the convolutions.
            _graph.AddShape(output, [Batch, .. result.Shape.Cast<object>()]);
        }

        return result;

        int Strided(int side) => ((side + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride) + 1;
    }

    public GraphTensor Activate(string name, GraphTensor input, Activation activation)
    {
        if (activation == Activation.Relu)
        {
            return input with { Name = _graph.Node("Relu", $"{name}.relu", [input.Name]) };
        }

        string sigmoid = _graph.Node("Sigmoid", $"{name}.sigmoid", [input.Name]);
        return input with { Name = _graph.Node("Mul", $"{name}.silu", [input.Name, sigmoid]) };
    }

    public GraphTensor Add(string name, GraphTensor left, GraphTensor right) =>
        left with { Name = _graph.Node("Add", $"{name}.add", [left.Name, right.Name]) };

    /// <summary>
    /// x·Wᵀ + b over the last dimension; <paramref name="weight"/> is <c>[out, in]</c> as in PyTorch, and without
    /// <paramref name="bias"/> none is added.
    /// </summary>
    public GraphTensor Linear(string name, GraphTensor input, float[] weight, float[]? bias)
    {
        int inFeatures = input.Shape[^1];
        int outFeatures = weight.Length / inFeatures;
        List<string> inputs =
        [
            input.Name,
            _graph.Weights(LinearWeight(name), Transposed(weight, outFeatures, inFeatures), inFeatures, outFeatures),
        ];
        if (bias is not null)
        {
            inputs.Add(_graph.Weights($"{name}.bias", bias, outFeatures));
        }

        string product = _graph.Node("Gemm", $"{name}.linear", inputs);
        var output = new GraphTensor(product, [.. input.Shape[..^1], outFeatures]) { Sequences = input.Sequences };
        Macs += output.ElementCount * inFeatures;
        return output;
    }

    /// <summary>The mean over height and width: <c>[N, C]</c>.</summary>
    public GraphTensor GlobalAveragePool(string name, GraphTensor input)
    {
        string pooled = _graph.Node("GlobalAveragePool", $"{name}.average", [input.Name]);
        return new GraphTensor(_graph.Node("Flatten", $"{name}.flatten", [pooled], [new("axis", 1L)]), input.Shape[0]);
    }

    public GraphTensor Softmax(string name, GraphTensor input) =>
        input with { Name = _graph.Node("Softmax", name, [input.Name], [new("axis", -1L)]) };

    /// <summary>The class-activation map of the highest logit.</summary>
    /// <param name="map">The feature map whose mean the classifier reads.</param>
    /// <param name="classifier">The name of the classifier, which has been written.</param>
    /// <param name="logits">What it gave.</param>
    public GraphTensor ClassActivation(GraphTensor map, string classifier, GraphTensor logits) => new(
        ClassActivationMap.Write(_graph, map.Name, LinearWeight(classifier), logits.Name), map.Shape[1], map.Shape[2]);

    /// <summary>Makes a tensor an output of the graph, under a name of its own.</summary>
    public void AddOutput(string name, GraphTensor tensor)
    {
        _graph.Node("Identity", $"output.{name}", [tensor.Name], output: name);
        bool isMap = tensor.Shape.Length > 1;
        object[] shape = isMap && _style.DynamicSize
            ? [.. tensor.Shape[..^2].Cast<object>(), $"{name}_H", $"{name}_W"]
            : [.. tensor.Shape.Cast<object>()];
        _graph.AddOutput(name, [Batch, .. shape]);
    }

    private static string LinearWeight(string name) => $"{name}.weight";

    private static float[] Transposed(float[] matrix, int rows, int columns)
    {
        float[] result = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return result;
    }
}
