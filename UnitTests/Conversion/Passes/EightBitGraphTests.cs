using System.Numerics.Tensors;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Layers in 8 bits against the same in float32, within what rounding allows, on random numbers.</summary>
[TestClass]
public sealed class EightBitGraphTests
{
    private const string Input = ModelOutputs.Input;
    private const string Output = "output";

    /// <summary>The largest slope of SiLU, rounded up (1.0998 at x = 2.4).</summary>
    private const double SiluSlope = 1.1;

    [TestMethod]
    [DataRow(1, 1, 1, 1, 32, 48, true)]
    [DataRow(1, 1, 1, 1, 32, 48, false)]
    [DataRow(1, 2, 1, 1, 32, 48, true)]
    [DataRow(3, 1, 1, 1, 16, 32, true)]
    [DataRow(3, 1, 1, 1, 16, 32, false)]
    [DataRow(3, 2, 1, 1, 16, 32, true)]
    [DataRow(3, 1, 2, 1, 16, 32, true)]
    [DataRow(3, 1, 1, 48, 48, 48, true)]
    [DataRow(3, 2, 1, 48, 48, 48, true)]
    public void A_convolution_is_as_exact_as_its_scales_allow(
        int kernel, int stride, int dilation, int groups, int inputs, int outputs, bool activation)
    {
        var random = new Random((kernel * 1000) + (stride * 100) + groups + outputs);
        int perGroup = inputs / groups;
        float[] weight = Normal(random, outputs * perGroup * kernel * kernel), bias = Normal(random, outputs);

        // A dead channel gives its bias, and so does one whose weights are next to nothing.
        weight.AsSpan(0, weight.Length / outputs).Clear();
        TensorPrimitives.Multiply(weight.AsSpan(weight.Length / outputs, weight.Length / outputs), 1e-20f, weight.AsSpan(weight.Length / outputs));
        OnnxGraph graph = NewGraph(inputs, 12, 10);
        long padding = kernel / 2 * dilation;
        string value = graph.Node(
            "Conv",
            "layer.conv",
            [Input, graph.Weights("layer.weight", weight, outputs, perGroup, kernel, kernel), graph.Weights("layer.bias", bias, outputs)],
            [
                new("kernel_shape", new long[] { kernel, kernel }),
                new("strides", new long[] { stride, stride }),
                new("dilations", new long[] { dilation, dilation }),
                new("pads", new[] { padding, padding, padding, padding }),
                new("group", (long)groups),
            ]);
        if (activation)
        {
            value = graph.Node("Mul", "layer.silu", [value, graph.Node("Sigmoid", "layer.sigmoid", [value])]);
        }

        graph.Node("Identity", "last", [value], output: Output);
        float[] pixels = Normal(random, inputs * 12 * 10);
        Dictionary<string, ValueRange> ranges = RangesOf(graph, pixels);

        // |Σ wx − Σ ŵx̂| ≤ Σ (|x| · ½s_w + |w| · ½s_x + ¼ s_w s_x), then half a step each of the bias and of the output's bytes.
        float inputStep = ByteScale.Of(ranges[Input]).Scale, outputStep = ByteScale.Of(ranges["layer.conv"]).Scale;
        var magnitudes = NewGraph(inputs, 12, 10);
        magnitudes.Node(
            "Conv",
            "sums",
            [
                magnitudes.Node("Abs", "magnitudes", [Input]),
                magnitudes.Weights("ones", Filled(weight.Length, 1), outputs, perGroup, kernel, kernel),
            ],
            graph.Proto.Node[0].Attribute.Select(static attribute => new KeyValuePair<string, object>(
                attribute.Name, attribute.Ints.Count > 0 ? attribute.Ints.ToArray() : attribute.I)),
            output: Output);
        float[] sums = Run(magnitudes, pixels);
        float[] scales = RoundedWeights.Of(weight, outputs, isOutputLast: false, reduceRange: false).Scales;

        float[] expected = Run(graph, pixels), actual = RunInEightBits(graph, ranges, pixels);
        int area = expected.Length / outputs, perOutput = weight.Length / outputs;
        for (int i = 0; i < expected.Length; i++)
        {
            int output = i / area;
            double weights = weight.AsSpan(output * perOutput, perOutput).ToArray().Sum(MathF.Abs);
            double bound = (sums[i] * scales[output] / 2) + (weights * inputStep / 2) + (perOutput * scales[output] * inputStep / 4)
                + (inputStep * scales[output] / 2) + (outputStep / 2);
            Assert.IsLessThanOrEqualTo((activation ? SiluSlope * bound : bound) + 1e-4, Math.Abs((double)expected[i] - actual[i]));
        }

        AssertNearEnough(expected, actual, 0.02);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_linear_layer_is_as_exact_as_its_scales_allow(bool calibrated)
    {
        const int Rows = 30, Inputs = 64, Outputs = 48;
        var random = new Random(3);
        float[] weight = Normal(random, Inputs * Outputs), bias = Normal(random, Outputs);
        OnnxGraph graph = new("linear");
        graph.AddInput(Input, Rows, Inputs);
        graph.AddOutput(Output, Rows, Outputs);
        string product = graph.Node(
            "Gemm", "layer.linear", [Input, graph.Weights("weight", weight, Inputs, Outputs), graph.Weights("bias", bias, Outputs)]);
        graph.Node("Identity", "last", [product], output: Output);
        float[] rows = Normal(random, Rows * Inputs);
        var range = new ValueRange(rows.Min(), rows.Max());
        float[] scales = RoundedWeights.Of(weight, Outputs, isOutputLast: true, reduceRange: false).Scales;
        float step = ByteScale.Of(range).Scale;

        float[] expected = Run(graph, rows);
        float[] actual = RunInEightBits(graph, calibrated ? new() { [Input] = range } : null, rows);
        for (int i = 0; i < expected.Length; i++)
        {
            (int row, int output) = Math.DivRem(i, Outputs);
            double bound = Inputs * scales[output] * step / 4;
            for (int k = 0; k < Inputs; k++)
            {
                bound += (Math.Abs(rows[(row * Inputs) + k]) * scales[output] / 2) + (Math.Abs(weight[(k * Outputs) + output]) * step / 2);
            }

            Assert.IsLessThanOrEqualTo(bound + 1e-4, Math.Abs((double)expected[i] - actual[i]));
        }

        AssertNearEnough(expected, actual, 0.02);
    }

    /// <summary>Bytes from convolution to convolution: a shortcut, two maps joined, and a mean, none of which leaves bytes in between.</summary>
    [TestMethod]
    public void Sums_and_joined_maps_stay_bytes()
    {
        const int Channels = 32;
        var random = new Random(11);
        OnnxGraph graph = NewGraph(Channels, 8, 8);
        string first = Conv("first", Input, Channels, Channels);
        string second = Conv("second", first, Channels, Channels);
        string sum = graph.Node("Add", "sum", [first, second]);
        string joined = graph.Node("Concat", "joined", [sum, Silu("third", Conv("third", sum, Channels, Channels))], [new("axis", 1L)]);
        string last = Silu("last", Conv("last", joined, 2 * Channels, Channels));
        string mean = graph.Node("Flatten", "flat", [graph.Node("GlobalAveragePool", "mean", [last])], [new("axis", 1L)]);
        graph.Node("Identity", "output.mean", [mean], output: Output);
        graph.Proto.Output.Clear();
        graph.AddOutput(Output, 1, Channels);
        float[] pixels = Normal(random, Channels * 64);
        Dictionary<string, ValueRange> ranges = RangesOf(graph, pixels);

        OnnxGraph quantized = Quantized(graph, ranges);
        string[] operators = [.. quantized.Proto.Node.Select(static node => node.OpType)];
        CollectionAssert.Contains(operators, "QLinearAdd");
        Assert.AreEqual(1, operators.Count(static name => name == "Transpose"), "only the input changes its order");
        Assert.IsFalse(operators.Intersect(["Add", "Conv", "GlobalAveragePool"]).Any());
        NodeProto concat = quantized.Proto.Node.Single(static node => node.OpType == "Concat");
        Assert.IsTrue(concat.Input.All(static input => input.EndsWith(".bytes", StringComparison.Ordinal)));
        AssertNearEnough(Run(graph, pixels), Run(quantized, pixels), 0.05);

        string Conv(string name, string input, int inputs, int outputs) => graph.Node(
            "Conv",
            $"{name}.conv",
            [input, graph.Weights($"{name}.weight", Normal(random, inputs * outputs * 9), outputs, inputs, 3, 3)],
            [new("kernel_shape", new long[] { 3, 3 }), new("pads", new long[] { 1, 1, 1, 1 })]);

        string Silu(string name, string value) =>
            graph.Node("Mul", $"{name}.silu", [value, graph.Node("Sigmoid", $"{name}.sigmoid", [value])]);
    }

    [TestMethod]
    [DataRow(false, 64, DisplayName = "fixed size")]
    [DataRow(true, 64, DisplayName = "dynamic size")]
    [DataRow(false, 96, DisplayName = "maps that patches do not divide")]
    [DataRow(true, 96, DisplayName = "dynamic size, and maps that patches do not divide")]
    [DataRow(false, 32, DisplayName = "a map of one pixel")]
    public void Layers_alone_and_all_together_run(bool dynamicSize, int side)
    {
        OnnxGraph graph = Network(dynamicSize, side);
        new CenteredStreams().Apply(graph);
        IReadOnlyList<EightBitLayer> layers = EightBitLayers.Of(graph.Proto);
        CollectionAssert.AreEquivalent(
            Enum.GetValues<QuantizationLevel>(), layers.Select(static layer => layer.Level).Distinct().ToArray());
        Assert.AreEqual(layers.Count, layers.DistinctBy(static layer => layer.Name).Count());
        float[] pixels = [.. Normal(new Random(5), 3 * side * side).Select(static value => MathF.Abs(value) / 4)];
        Dictionary<string, ValueRange> ranges = RangesOf(graph, pixels);
        float[] expected = Run(graph, pixels);
        bool alone = side == 64 && !dynamicSize;
        foreach (IReadOnlyList<EightBitLayer> some in layers.Where(_ => alone).Select(static layer => new[] { layer }).Append(layers))
        {
            float[] actual = Run(Quantized(graph, ranges, some), pixels);
            AssertNearEnough(expected, actual, some.Count == 1 ? 0.1 : 0.5, string.Join(", ", some.Select(static layer => layer.Name)));
        }
    }

    /// <summary>Norms without a mean and an offset give the same as before; those of CVNets over patches stay.</summary>
    [TestMethod]
    [DataRow(false, 64)]
    [DataRow(true, 64)]
    [DataRow(false, 96)]
    public void Centered_streams_change_nothing_but_rounding(bool dynamicSize, int side)
    {
        OnnxGraph graph = Network(dynamicSize, side);
        float[] pixels = [.. Normal(new Random(6), 3 * side * side).Select(static value => MathF.Abs(value) / 4)];
        float[] before = Run(graph, pixels);
        new CenteredStreams().Apply(graph);
        Assert.IsFalse(graph.Proto.Node.Any(static node => node.OpType == "LayerNormalization"));
        AssertNearEnough(before, Run(graph, pixels), 1e-5);
    }

    [TestMethod]
    public void Weights_of_7_bits_never_saturate_16_and_those_of_8_may()
    {
        var random = new Random(8);
        Assert.IsLessThanOrEqualTo(short.MaxValue, LargestPair(reduceRange: true));
        Assert.IsGreaterThan(short.MaxValue, LargestPair(reduceRange: false));

        // Two products of the largest byte, as one instruction adds them.
        int LargestPair(bool reduceRange) => Enumerable.Range(0, 100)
            .SelectMany(_ => RoundedWeights.Of(Normal(random, 64), 4, isOutputLast: false, reduceRange).Values.Chunk(2))
            .Max(static pair => byte.MaxValue * Math.Abs(pair[0] + pair[1]));
    }

    /// <summary>What sessions ask for where the processor would saturate gives the bits of one that does not.</summary>
    [TestMethod]
    public void Kernels_for_processors_without_vnni_give_the_same_bits()
    {
        if (ByteProducts.Saturate)
        {
            Assert.Inconclusive("This processor saturates, so that there is nothing to compare with.");
        }

        OnnxGraph graph = Network(dynamicSize: false, 64);
        new CenteredStreams().Apply(graph);
        float[] pixels = [.. Normal(new Random(9), 3 * 64 * 64).Select(MathF.Abs)];
        OnnxGraph quantized = Quantized(graph, RangesOf(graph, pixels));
        CollectionAssert.AreEqual(Run(quantized, pixels), Run(quantized, pixels, exactByteProducts: true));
    }

    private static OnnxGraph Network(bool dynamicSize, int side)
    {
        OnnxGraph graph = MobileViTNetwork.Write(
            MobileViTVariants.Get("xxs"),
            FormulaWeights.For(MobileViTVariants.Get("xxs")),
            new GraphStyle(side, side, DynamicSize: dynamicSize, CvnetsLayerNorm: false),
            [ModelOutputs.Logits]).Onnx;
        new FusedAttention().Apply(graph);
        new UnusedNodes().Apply(graph);
        return graph;
    }

    private static OnnxGraph NewGraph(int channels, int height, int width)
    {
        var graph = new OnnxGraph("test");
        graph.AddInput(Input, 1, channels, height, width);
        graph.AddOutput(Output, 1, "C", "H", "W");
        return graph;
    }

    private static OnnxGraph Quantized(
        OnnxGraph graph, Dictionary<string, ValueRange>? ranges, IEnumerable<EightBitLayer>? layers = null)
    {
        var quantized = new OnnxGraph(graph.Proto);
        HashSet<string> nodes = [.. (layers ?? EightBitLayers.Of(graph.Proto)).SelectMany(static layer => layer.Nodes)];
        if (nodes.Count == 0)
        {
            nodes.UnionWith(graph.Proto.Node.Where(static node => node.OpType is "Conv" or "Gemm").Select(static node => node.Name));
        }

        new EightBitGraph(new EightBitPlan(nodes, ranges)).Apply(quantized);
        new UnusedNodes().Apply(quantized);
        Assert.IsTrue(quantized.Proto.Node.Any(static node => node.OpType is "QLinearConv" or "MatMulIntegerToFloat"));
        return quantized;
    }

    private static float[] RunInEightBits(OnnxGraph graph, Dictionary<string, ValueRange>? ranges, float[] values) =>
        Run(Quantized(graph, ranges), values);

    private static Dictionary<string, ValueRange> RangesOf(OnnxGraph graph, float[] values)
    {
        string[] names =
        [
            .. graph.Proto.Node.Where(static node => node.OpType is "Conv" or "Gemm")
                .SelectMany(static node => new[] { node.Input[0], node.Output[0] }).Where(static name => name != Input).Distinct(),
        ];
        var observed = new OnnxGraph(graph.Proto);
        foreach (string name in names)
        {
            observed.Proto.Output.Add(new ValueInfoProto
            {
                Name = name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
            });
        }

        Dictionary<string, ValueRange> ranges = new() { [Input] = new ValueRange(values.Min(), values.Max()) };
        RunAll(observed, values, (name, result) => ranges[name] = new ValueRange(result.Min(), result.Max()));
        return ranges;
    }

    private static float[] Run(OnnxGraph graph, float[] values, bool exactByteProducts = false)
    {
        float[] output = [];
        RunAll(graph, values, (_, result) => output = result, exactByteProducts);
        return output;
    }

    private static void RunAll(OnnxGraph graph, float[] values, Action<string, float[]> use, bool exactByteProducts = false)
    {
        var model = new ModelProto { IrVersion = OnnxModel.IrVersion, Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OnnxModel.OpsetVersion });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxGraph.MicrosoftDomain, Version = 1 });
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (exactByteProducts)
        {
            options.AddSessionConfigEntry(SessionFactory.ExactByteProducts, "1");
        }

        using var session = new InferenceSession(model.ToByteArray(), options);
        var metadata = session.InputMetadata[Input];
        int side = (int)Math.Sqrt(values.Length / 3);
        long[] shape = metadata.Dimensions.Length == 4 && metadata.Dimensions[1] == 3
            ? [1, 3, side, side]
            : [.. metadata.Dimensions.Select(static length => (long)length)];
        using var input = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var runOptions = new RunOptions();
        using var results = session.Run(runOptions, [Input], [input], session.OutputNames);
        for (int i = 0; i < results.Count; i++)
        {
            use(session.OutputNames[i], results[i].GetTensorDataAsSpan<float>().ToArray());
        }
    }

    /// <summary>That the differences together are less than a share of the values: ‖e − a‖ / ‖e‖.</summary>
    private static void AssertNearEnough(float[] expected, float[] actual, double share, string? what = null)
    {
        Assert.HasCount(expected.Length, actual);
        double difference = Math.Sqrt(expected.Zip(actual, static (e, a) => Math.Pow((double)e - a, 2)).Sum());
        double size = Math.Sqrt(expected.Sum(static e => (double)e * e));
        Assert.IsLessThan(share * size, difference, what ?? "");
    }

    private static float[] Normal(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];

    private static float[] Filled(int count, float value)
    {
        float[] values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
