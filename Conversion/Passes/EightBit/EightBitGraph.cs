namespace MlNetMobileViT.Conversion;

/// <summary>
/// Computes the layers of a plan in 8 bits. Between such convolutions feature maps are bytes in the order [N, H, W, C], which ONNX
/// Runtime's 8-bit kernels take; the others find theirs in float32 and [N, C, H, W] as before. <see cref="MapForms"/> puts conversions
/// where a layer asks for another form than there is.
/// </summary>
/// <remarks>
/// The kernels were chosen by measuring: 1×1 convolutions are one product whose result is float32 already (<c>MatMulIntegerToFloat</c>),
/// others <c>QLinearConv</c> with channels last; SiLU is fastest, and most exact, in float32 between the two (<c>QuickGelu</c>).
/// </remarks>
internal sealed class EightBitGraph(EightBitPlan plan) : IGraphPass
{
    public void Apply(OnnxGraph graph) => new Writer(graph, plan).Write();

    private sealed class Writer
    {
        private readonly OnnxGraph _graph;
        private readonly EightBitPlan _plan;
        private readonly GraphLinks _links;
        private readonly MapForms _maps;
        private readonly EightBitOperators _operators;
        private readonly NodeProto[] _nodes;
        private readonly HashSet<NodeProto> _written = [];

        public Writer(OnnxGraph graph, EightBitPlan plan)
        {
            (_graph, _plan) = (graph, plan);
            _links = new GraphLinks(graph.Proto);
            _nodes = [.. graph.Proto.Node];
            _operators = new EightBitOperators(graph, plan);
            _maps = new MapForms(graph, _operators);
            foreach (NodeProto concat in _nodes.Where(IsEightBitConcat))
            {
                // Bytes that are joined must mean the same.
                foreach (string part in concat.Input)
                {
                    _operators.ShareRange(part, concat.Output[0]);
                }
            }
        }

        public void Write()
        {
            _graph.Proto.Node.Clear();
            foreach (NodeProto node in _nodes.Where(node => !_written.Contains(node)))
            {
                if (!TryWrite(node))
                {
                    // Whatever else there is works as before.
                    foreach (string input in GraphLinks.InputsOf(node))
                    {
                        _maps.RequirePlanar(input);
                    }

                    _graph.Proto.Node.Add(node);
                }
            }
        }

        private bool TryWrite(NodeProto node)
        {
            switch (node.OpType)
            {
                case "Conv" when _plan.Nodes.Contains(node.Name):
                    WriteConv(node);
                    return true;
                case "Gemm" when _plan.Nodes.Contains(node.Name):
                    _operators.Gemm(node, _links);
                    return true;
                case "Add" when _maps.HasOnlyChannelsLast(node.Input):
                    WriteAdd(node);
                    return true;
                case "Concat" when IsEightBitConcat(node):
                    _maps.AddBytes(node.Output[0], _graph.Node(
                        "Concat", $"{node.Name}.bytes", node.Input.Select(_maps.Bytes).ToArray(), [new("axis", 3L)]));
                    return true;
                case "Transpose" when NodeAttributes.Permutes(node, 0, 3, 1, 2) && !_links.IsOutput(node.Output[0]):
                    _maps.AddChannelsLast(node.Output[0], node.Input[0]);
                    return true;
                case "Transpose" when NodeAttributes.Permutes(node, 0, 2, 3, 1) && _maps.HasOnlyChannelsLast(node.Input):
                    _graph.Node("Identity", node.Name, [_maps.ChannelsLast(node.Input[0])], output: node.Output[0]);
                    return true;
                case "Resize" when _maps.HasOnlyChannelsLast(node.Input) && NodeAttributes.Integers(node, "axes") is [2, 3]:
                    WriteResize(node);
                    return true;
                case "GlobalAveragePool" when _maps.HasOnlyChannelsLast(node.Input)
                    && _links.OnlyConsumer(node) is { OpType: "Flatten" } flatten:
                    _graph.Node(
                        "ReduceMean",
                        flatten.Name,
                        [_maps.ChannelsLast(node.Input[0]), _graph.Integers(1, 2)],
                        [new("keepdims", 0L)],
                        output: flatten.Output[0]);
                    _written.Add(flatten);
                    return true;
                default:
                    return false;
            }
        }

        private void WriteConv(NodeProto conv)
        {
            ActivationNodes? activation = ActivationNodes.Behind(_links, conv);
            string bytes = _maps.Bytes(conv.Input[0]);
            bool isProduct = IsProduct(conv) && (activation is not null || !IsReadAsBytes(conv.Output[0]));
            string output = isProduct
                ? _operators.Product(conv, bytes, _links)
                : _operators.Conv(conv, bytes, _links);
            if (!isProduct && activation is null)
            {
                _maps.AddBytes(conv.Output[0], output);
                return;
            }

            string map = isProduct ? output : _operators.Dequantize(conv.Output[0], output);
            if (activation is null)
            {
                _maps.AddChannelsLast(conv.Output[0], map);
                return;
            }

            _written.UnionWith(activation.Nodes);
            _maps.AddChannelsLast(activation.Output, activation.IsSilu
                ? _graph.Node("QuickGelu", $"{conv.Name}.silu", [map], [new("alpha", 1f)], OnnxGraph.MicrosoftDomain)
                : _graph.Node("Relu", $"{conv.Name}.relu", [map]));
        }

        private void WriteAdd(NodeProto add)
        {
            string sum = add.Output[0];
            if (IsReadAsBytes(sum) && add.Input.All(_maps.HasBytes))
            {
                _maps.AddBytes(sum, _operators.Add(add, [.. add.Input.Select(_maps.Bytes)]));
            }
            else
            {
                _maps.AddChannelsLast(
                    sum, _graph.Node("Add", $"{add.Name}.channels_last", add.Input.Select(_maps.ChannelsLast).ToArray()));
            }
        }

        /// <summary>ONNX Runtime 1.31 turns a transpose in front of a Resize with axes into a graph that it then refuses.</summary>
        private void WriteResize(NodeProto resize)
        {
            NodeProto turned = resize.Clone();
            (turned.Name, turned.Output[0]) = ($"{resize.Name}.channels_last", $"{resize.Output[0]}.channels_last");
            turned.Input[0] = _maps.ChannelsLast(resize.Input[0]);
            AttributeProto axes = NodeAttributes.Find(turned, "axes")!;
            (axes.Ints[0], axes.Ints[1]) = (1, 2);
            _graph.Proto.Node.Add(turned);
            _maps.AddChannelsLast(resize.Output[0], turned.Output[0]);
        }

        private bool IsProduct(NodeProto conv) =>
            _links.Shape(conv.Input[1]) is [_, _, 1, 1] && NodeAttributes.Integers(conv, "strides").All(static stride => stride == 1);

        private bool IsEightBitConcat(NodeProto node) => node.OpType == "Concat"
            && NodeAttributes.Integer(node, "axis", 0) == 1
            && _links.OnlyConsumer(node) is { OpType: "Conv" } conv && _plan.Nodes.Contains(conv.Name);

        /// <summary>Whether all that reads a value takes it as bytes, if only behind a sum.</summary>
        private bool IsReadAsBytes(string value) =>
            !_links.IsOutput(value) && _operators.HasRange(value) && _links.Readers(value).All(reader => reader.OpType switch
            {
                "Conv" => _plan.Nodes.Contains(reader.Name),
                "Add" => IsReadAsBytes(reader.Output[0]),
                "Concat" => IsEightBitConcat(reader),
                _ => false,
            });
    }
}
