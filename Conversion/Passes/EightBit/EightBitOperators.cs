namespace MlNetMobileViT.Conversion;

/// <summary>Writes the operators of 8 bits, with rounded weights and the scales of bytes.</summary>
internal sealed class EightBitOperators(OnnxGraph graph, EightBitPlan plan)
{
    /// <summary>The largest bias in steps, which leaves room for the sum of products in 32 bits.</summary>
    private const float LargestBias = 1 << 30;

    // The values whose bytes mean the same as another's.
    private readonly Dictionary<string, string> _shared = [];
    private readonly Dictionary<string, (string Bytes, string Scale, string Zero)> _rows = [];

    /// <summary>Lets a value have the range of another.</summary>
    public void ShareRange(string value, string other) => _shared[value] = other;

    /// <summary>Whether the range of a value is known.</summary>
    public bool HasRange(string value) => plan.Ranges?.ContainsKey(Shared(value)) == true;

    /// <summary>Float32 → bytes.</summary>
    public string Quantize(string value, string map) =>
        graph.Node("QuantizeLinear", $"{value}.bytes", [map, .. Scale(value)]);

    /// <summary>Bytes → float32.</summary>
    public string Dequantize(string value, string bytes) =>
        graph.Node("DequantizeLinear", $"{value}.dequantized", [bytes, .. Scale(value)]);

    /// <summary>The sum of two maps, all of them bytes.</summary>
    public string Add(NodeProto add, IReadOnlyList<string> bytes) => graph.Node(
        "QLinearAdd",
        $"{add.Name}.bytes",
        [bytes[0], .. Scale(add.Input[0]), bytes[1], .. Scale(add.Input[1]), .. Scale(add.Output[0])],
        domain: OnnxGraph.MicrosoftDomain);

    /// <summary>A convolution, bytes [N, H, W, C] to bytes.</summary>
    public string Conv(NodeProto conv, string bytes, GraphLinks links)
    {
        IReadOnlyList<long> shape = links.Shape(conv.Input[1])!;
        int outputs = (int)shape[0];
        float[]? bias = Bias(conv, links);
        float step = ByteScale.Of(RangeOf(conv.Input[0])).Scale;

        // A bias is a number of steps. Where weights are tiny beside it, or 0 as those of a dead channel, the step must not be too small.
        RoundedWeights weights = RoundedWeights.Of(
            links.Floats(conv.Input[1]),
            outputs,
            isOutputLast: false,
            plan.ReduceRange,
            bias is null ? null : output => MathF.Abs(bias[output]) / (step * LargestBias));
        string[] input = Scale(conv.Input[0]), output = Scale(conv.Output[0]);
        List<string> operands =
        [
            bytes,
            .. input,
            graph.Weights($"{conv.Input[1]}.int8", weights.Values, [.. shape.Select(static side => (int)side)]),
            graph.Weights($"{conv.Input[1]}.scale", weights.Scales, outputs),
            graph.SignedZeros(outputs),
            .. output,
        ];
        if (bias is not null)
        {
            int[] rounded = [.. bias.Select((value, i) => (int)Math.Clamp(
                Math.Round((double)value / ((double)step * weights.Scales[i])), int.MinValue, int.MaxValue))];
            operands.Add(graph.Weights($"{conv.Input[2]}.int32", rounded, outputs));
        }

        NodeProto node = OnnxGraph.NewNode(
            "QLinearConv", $"{conv.Name}.int8", operands, [new("channels_last", 1L)], OnnxGraph.MicrosoftDomain);
        node.Attribute.AddRange(conv.Attribute);
        graph.Proto.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>A 1×1 convolution, bytes [N, H, W, C] to float32.</summary>
    public string Product(NodeProto conv, string bytes, GraphLinks links)
    {
        IReadOnlyList<long> shape = links.Shape(conv.Input[1])!;
        (int outputs, int inputs) = ((int)shape[0], (int)shape[1]);
        float[] weight = links.Floats(conv.Input[1])!;
        float[] transposed = new float[weight.Length];
        for (int i = 0; i < weight.Length; i++)
        {
            transposed[(i % inputs * outputs) + (i / inputs)] = weight[i];
        }

        string[] scale = Scale(conv.Input[0]);
        return Product($"{conv.Name}.int8", (bytes, scale[0], scale[1]), conv, transposed, outputs, links);
    }

    /// <summary>A linear layer, float32 to float32. Layers with the same input share its bytes.</summary>
    public void Gemm(NodeProto gemm, GraphLinks links)
    {
        string input = gemm.Input[0];
        if (!_rows.TryGetValue(input, out var rows))
        {
            if (HasRange(input))
            {
                string[] scale = Scale(input);
                rows = (Quantize(input, input), scale[0], scale[1]);
            }
            else
            {
                rows = ($"{input}.bytes", $"{input}.bytes.scale", $"{input}.bytes.zero");
                NodeProto quantize = OnnxGraph.NewNode("DynamicQuantizeLinear", rows.Bytes, [input]);
                quantize.Output.Add([rows.Scale, rows.Zero]);
                graph.Proto.Node.Add(quantize);
            }

            _rows[input] = rows;
        }

        int outputs = (int)links.Shape(gemm.Input[1])![1];
        Product(gemm.Name, rows, gemm, links.Floats(gemm.Input[1])!, outputs, links, gemm.Output[0]);
    }

    private string Product(
        string name,
        (string Bytes, string Scale, string Zero) input,
        NodeProto layer,
        float[] weight,
        int outputs,
        GraphLinks links,
        string? output = null)
    {
        RoundedWeights weights = RoundedWeights.Of(weight, outputs, isOutputLast: true, plan.ReduceRange);
        List<string> operands =
        [
            input.Bytes,
            graph.Weights($"{layer.Input[1]}.int8", weights.Values, weight.Length / outputs, outputs),
            input.Scale,
            graph.Weights($"{layer.Input[1]}.scale", weights.Scales, outputs),
            input.Zero,
        ];
        if (Bias(layer, links) is not null)
        {
            operands.AddRange(["", layer.Input[2]]);
        }

        return graph.Node("MatMulIntegerToFloat", name, operands, domain: OnnxGraph.MicrosoftDomain, output: output);
    }

    private static float[]? Bias(NodeProto layer, GraphLinks links) => layer.Input.Count > 2 ? links.Floats(layer.Input[2]) : null;

    private string Shared(string value) => _shared.GetValueOrDefault(value, value);

    private ValueRange RangeOf(string value) => plan.Ranges?.TryGetValue(Shared(value), out ValueRange range) == true
        ? range
        : throw new InvalidOperationException($"The range of '{value}' is not known.");

    /// <summary>The names of a value's scale and zero point.</summary>
    private string[] Scale(string value)
    {
        ByteScale scale = ByteScale.Of(RangeOf(value));
        return [graph.Scalar(scale.Scale), graph.Byte(scale.Zero)];
    }
}
