using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class GraphPassTests
{
    private const int Attentions = 3;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Attention_is_fused_by_its_structure_whatever_names_nodes_have(bool dynamicSize)
    {
        OnnxGraph graph = Plain(dynamicSize);
        foreach (NodeProto node in graph.Proto.Node.Where(static node => node.OpType != "Identity"))
        {
            Rename(graph.Proto, node.Output[0], $"value_{graph.Proto.Node.IndexOf(node)}");
            node.Name = $"node_{graph.Proto.Node.IndexOf(node)}";
        }

        int before = graph.Proto.Node.Count;
        new FusedAttention().Apply(graph);
        Assert.AreEqual(Attentions, Count(graph, "MultiHeadAttention"));
        Assert.AreEqual(1, Count(graph, "Softmax"));

        // Three reshapes and four transposes for the heads, two products, one factor, and the softmax become one node.
        Assert.AreEqual(before - (10 * Attentions), graph.Proto.Node.Count);
        Assert.Contains(OnnxGraph.MicrosoftDomain, graph.Domains);
    }

    [TestMethod]
    public void What_is_not_such_an_attention_stays()
    {
        // Another factor than 1 / √d, heads in another order, and scores that are an output.
        Assert.AreEqual(0, FusedAfter(static graph => graph.Initializer
            .Single(static tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.Dims.Count == 0)
            .RawData = ByteString.CopyFrom(BitConverter.GetBytes(0.5f))));
        Assert.AreEqual(Attentions - 1, FusedAfter(static graph =>
        {
            AttributeProto permutation = graph.Node.First(static node => node.Name.EndsWith(".attention", StringComparison.Ordinal))
                .Attribute.Single();
            (permutation.Ints[1], permutation.Ints[3]) = (3, 2);
        }));
        Assert.AreEqual(Attentions - 1, FusedAfter(static graph => graph.Output.Add(
            new ValueInfoProto { Name = graph.Node.First(static node => node.OpType == "Softmax").Output[0] })));

        static int FusedAfter(Action<GraphProto> change)
        {
            OnnxGraph graph = Plain();
            change(graph.Proto);
            new FusedAttention().Apply(graph);
            return Count(graph, "MultiHeadAttention");
        }
    }

    [TestMethod]
    public void Pointwise_convolutions_in_a_row_are_joined_but_where_the_map_between_is_an_output()
    {
        string[] between = ["layer_2", "layer_3", "layer_4"];
        for (int kept = 0; kept <= between.Length; kept++)
        {
            NetworkGraph network = MobileViTNetwork.Write(
                TestModels.TinyV2, FormulaWeights.For(TestModels.TinyV2), new GraphStyle(64, 64), [ModelOutputs.Logits, .. between[..kept]]);
            int before = Count(network.Onnx, "Conv");
            new JoinedConvolutions().Apply(network.Onnx);
            Assert.AreEqual(before - between.Length + kept, Count(network.Onnx, "Conv"));
        }

        float[] Logits(params string[] outputs)
        {
            using var model = new OnnxRun(TestModels.Formula(TestModels.TinyV2, new GraphStyle(64, 96), [ModelOutputs.Logits, .. outputs]));
            return model.Run(FormulaWeights.Input(64, 96), 64, 96)[ModelOutputs.Logits];
        }

        Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(Logits(between), Logits()));
    }

    [TestMethod]
    [DataRow("a bottleneck", 0)]
    [DataRow("a stride", 0)]
    [DataRow("groups", 0)]
    [DataRow("a second reader", 0)]
    [DataRow("three in a row", 1)]
    public void Only_what_gets_cheaper_and_stays_the_same_is_joined(string what, int left)
    {
        var graph = new OnnxGraph("pair");
        graph.AddInput("x", "N", 4, 6, 6);
        int middle = what == "a bottleneck" ? 2 : 8;
        Conv("first", "x", 4, middle, bias: false);
        Conv("second", "first", middle, 4, bias: true, what switch
        {
            "a stride" => [new("strides", new long[] { 2, 2 })],
            "groups" => [new("group", 2L)],
            _ => [],
        });
        Conv("third", what == "a second reader" ? "first" : "second", what == "a second reader" ? middle : 4, 4, bias: true);
        if (what == "three in a row")
        {
            graph.AddOutput("third", "N", 4, 6, 6);
        }
        else
        {
            graph.AddOutput("second", "N", 4, "H", "W");
            graph.AddOutput("third", "N", 4, "H", "W");
        }

        float[] pixels = FormulaWeights.Fill(new TensorSpec(new LayoutName("x", "x", "x"), [4, 36], TensorKind.Parameter));
        float[] expected = Run();
        int before = Count(graph, "Conv");
        new JoinedConvolutions().Apply(graph);
        Assert.AreEqual(left == 0 ? before : left, Count(graph, "Conv"));
        Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected, Run()));

        void Conv(string name, string input, int inChannels, int outChannels, bool bias, params KeyValuePair<string, object>[] attributes)
        {
            int groups = attributes.Any(static pair => pair.Key == "group") ? 2 : 1;
            var spec = new TensorSpec(new LayoutName(name, name, name), [outChannels, inChannels / groups, 1, 1], TensorKind.Parameter);
            List<string> inputs = [input, graph.Weights($"{name}.weight", FormulaWeights.Fill(spec), outChannels, inChannels / groups, 1, 1)];
            if (bias)
            {
                var offsets = new TensorSpec(new LayoutName($"{name}.b", name, name), [outChannels], TensorKind.Parameter);
                inputs.Add(graph.Weights($"{name}.bias", FormulaWeights.Fill(offsets), outChannels));
            }

            graph.Node("Conv", name, inputs, attributes);
        }

        float[] Run()
        {
            var model = new ModelProto
            {
                IrVersion = OnnxModel.IrVersion,
                Graph = graph.Proto,
                OpsetImport = { new OperatorSetIdProto { Version = OnnxModel.OpsetVersion } },
            };
            using var session = new InferenceSession(model.ToByteArray());
            using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 4, 6, 6]);
            using var options = new RunOptions();
            using var results = session.Run(options, ["x"], [input], ["third"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }

    [TestMethod]
    public void The_plain_graph_is_float32_and_standard()
    {
        OnnxGraph graph = Plain();
        Assert.IsEmpty(graph.Domains);
        Assert.IsTrue(graph.Proto.Initializer.All(static tensor => tensor.DataType
            is (int)TensorProto.Types.DataType.Float or (int)TensorProto.Types.DataType.Int64));
    }

    [TestMethod]
    public void A_graph_that_was_read_goes_on_with_the_constants_it_has()
    {
        GraphProto proto = Plain().Proto.Clone();
        int before = proto.Initializer.Count;
        TensorProto integers = proto.Initializer.First(static tensor => tensor.Name.StartsWith("int64.", StringComparison.Ordinal));
        var graph = new OnnxGraph(proto);

        Assert.AreEqual(integers.Name, graph.Integers([.. integers.Name.Split('.', '_').Skip(1).Select(long.Parse)]));
        Assert.HasCount(before, graph.Proto.Initializer);
        Assert.AreEqual("int64.7_8_9", graph.Integers(7, 8, 9));
        graph.Integers(7, 8, 9);
        Assert.HasCount(before + 1, graph.Proto.Initializer);
        graph.Node("Relu", "new", ["logits"]);
        Assert.AreEqual("new", graph.Proto.Node[^1].Name);
    }

    [TestMethod]
    public void Nothing_is_left_of_layers_that_no_output_needs()
    {
        NetworkGraph network = MobileViTNetwork.Write(
            TestModels.Tiny, FormulaWeights.For(TestModels.Tiny), new GraphStyle(64, 64), ["layer_2"]);
        new UnusedNodes().Apply(network.Onnx);
        Assert.IsFalse(network.Onnx.Proto.Node.Any(static node => node.OpType is "Softmax" or "Gemm"));
        foreach (string name in network.Onnx.Proto.Initializer.Select(static tensor => tensor.Name)
            .Concat(network.Onnx.Proto.ValueInfo.Select(static value => value.Name)))
        {
            StringAssert.Matches(name, new("^(conv_1|layer_[12])\\."));
        }
    }

    private static OnnxGraph Plain(bool dynamicSize = false) => MobileViTNetwork.Write(
        TestModels.Tiny,
        FormulaWeights.For(TestModels.Tiny),
        new GraphStyle(64, 64, DynamicSize: dynamicSize, CvnetsLayerNorm: false),
        ModelOutputs.Default).Onnx;

    private static int Count(OnnxGraph graph, string operatorType) =>
        graph.Proto.Node.Count(node => node.OpType == operatorType);

    private static void Rename(GraphProto graph, string value, string name)
    {
        foreach (var values in graph.Node.SelectMany(static node => new[] { node.Input, node.Output }))
        {
            for (int i = 0; i < values.Count; i++)
            {
                values[i] = values[i] == value ? name : values[i];
            }
        }
    }
}
