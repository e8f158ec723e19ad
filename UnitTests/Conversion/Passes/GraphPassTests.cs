using Google.Protobuf;
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
