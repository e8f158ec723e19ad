namespace MlNetMobileViT.Conversion;

/// <summary>
/// Layer norms that need neither take a mean away nor add an offset, ONNX Runtime's <c>SimplifiedLayerNormalization</c>. What writes the
/// residual stream (the 1×1 convolution before the tokens, output projections, the second linear layers) has the mean over its outputs
/// taken from its weights and bias, so that the stream's mean is 0 as it is; the offsets join the biases of the layers that read a norm.
/// Exact but for rounding.
/// </summary>
/// <remarks>Norms that take the mean over something else, as CVNets' do where there are as many patches as channels, stay.</remarks>
internal sealed class CenteredStreams : IGraphPass
{
    private static readonly string[] LayoutOperators = ["Reshape", "Transpose", "SpaceToDepth", "DepthToSpace", "Resize", "ReduceMean"];

    public void Apply(OnnxGraph graph)
    {
        var links = new GraphLinks(graph.Proto);
        var seen = new HashSet<NodeProto>();
        foreach (NodeProto norm in graph.Proto.Node.Where(static node => node.OpType == "LayerNormalization").ToList())
        {
            if (seen.Contains(norm))
            {
                continue;
            }

            var stream = new Stream(links);
            bool isClosed = stream.TryFollow(norm.Input[0]) && stream.TryFindReaders();
            seen.UnionWith(stream.Norms);
            if (isClosed)
            {
                stream.Writers.ForEach(writer => Center(graph, links, writer));
                foreach ((NodeProto reader, float[] offset) in stream.Readers)
                {
                    AddOffset(graph, links, reader, offset);
                }

                stream.Norms.ForEach(Simplify);
            }
        }
    }

    private static void Simplify(NodeProto norm)
    {
        norm.OpType = "SimplifiedLayerNormalization";
        norm.Input.RemoveAt(2);
    }

    /// <summary>Takes the mean over the outputs from the weights and the bias of a layer.</summary>
    private static void Center(OnnxGraph graph, GraphLinks links, NodeProto writer)
    {
        float[] weight = links.Floats(writer.Input[1])!;
        (int outputs, int stride) = Outputs(links, writer);
        int inputs = weight.Length / outputs;
        for (int input = 0; input < inputs; input++)
        {
            // [out, in] of a convolution, [in, out] of a product.
            int first = stride == 1 ? input * outputs : input;
            Subtract(weight, first, stride);
        }

        graph.ReplaceWeights(writer.Input[1], weight);
        if (writer.Input.Count > 2)
        {
            float[] bias = links.Floats(writer.Input[2])!;
            Subtract(bias, 0, 1);
            graph.ReplaceWeights(writer.Input[2], bias);
        }

        void Subtract(float[] values, int first, int step)
        {
            double mean = 0;
            for (int i = 0; i < outputs; i++)
            {
                mean += values[first + (i * step)];
            }

            mean /= outputs;
            for (int i = 0; i < outputs; i++)
            {
                values[first + (i * step)] = (float)(values[first + (i * step)] - mean);
            }
        }
    }

    /// <summary>Lets a layer add what an offset of its input would add.</summary>
    private static void AddOffset(OnnxGraph graph, GraphLinks links, NodeProto reader, float[] offset)
    {
        float[] weight = links.Floats(reader.Input[1])!;
        (int outputs, int stride) = Outputs(links, reader);
        float[] bias = reader.Input.Count > 2 ? links.Floats(reader.Input[2])! : new float[outputs];
        for (int output = 0; output < outputs; output++)
        {
            double sum = bias[output];
            for (int input = 0; input < offset.Length; input++)
            {
                sum += (double)offset[input] * (stride == 1 ? weight[(input * outputs) + output] : weight[(output * offset.Length) + input]);
            }

            bias[output] = (float)sum;
        }

        if (reader.Input.Count > 2)
        {
            graph.ReplaceWeights(reader.Input[2], bias);
        }
        else
        {
            reader.Input.Add(graph.Weights($"{reader.Name}.offset", bias, outputs));
        }
    }

    /// <summary>The outputs of a layer, and how far apart in its weights those of one input stand.</summary>
    private static (int Count, int Stride) Outputs(GraphLinks links, NodeProto layer)
    {
        IReadOnlyList<long> shape = links.Shape(layer.Input[1])!;
        return layer.OpType == "Gemm" ? ((int)shape[1], 1) : ((int)shape[0], (int)shape[1]);
    }

    /// <summary>A residual stream: what writes it, the sums and changes of layout between, and the norms that read it.</summary>
    private sealed class Stream(GraphLinks links)
    {
        private readonly HashSet<string> _values = [];

        public List<NodeProto> Writers { get; } = [];

        public List<NodeProto> Norms { get; } = [];

        /// <summary>The layers that read the norms, and the offset that each norm adds.</summary>
        public List<(NodeProto Layer, float[] Offset)> Readers { get; } = [];

        /// <summary>Finds all that belongs to the stream of a value; false where something else takes part.</summary>
        public bool TryFollow(string value)
        {
            if (!_values.Add(value))
            {
                return true;
            }

            return links.Producer(value) is { } producer
                && (TryWrite(producer) || (IsPart(producer) && Streamed(producer).All(TryFollow)))
                && links.Readers(value).All(TryRead);
        }

        public bool TryFindReaders() => Norms.TrueForAll(norm =>
            links.Floats(norm.Input[2]) is { } offset && links.Readers(norm.Output[0]).All(reader => TryFindReaders(reader, offset)));

        private bool TryFindReaders(NodeProto reader, float[] offset)
        {
            if (LayoutOperators.Contains(reader.OpType))
            {
                return links.Readers(reader.Output[0]).All(next => TryFindReaders(next, offset));
            }

            if (!IsLayer(reader))
            {
                return false;
            }

            // What a bias adds to all scores of a query, the softmax takes away again.
            if (!IsKey(reader))
            {
                Readers.Add((reader, offset));
            }

            return true;
        }

        private bool TryWrite(NodeProto producer)
        {
            if (!IsLayer(producer))
            {
                return false;
            }

            Writers.Add(producer);
            return true;
        }

        private bool TryRead(NodeProto reader)
        {
            if (reader.OpType == "LayerNormalization")
            {
                Norms.Add(reader);
                return reader.Input.Count == 3 && links.Shape(reader.Input[1]) is [var width]
                    && Writers.TrueForAll(writer => Outputs(links, writer).Count == width);
            }

            return reader.OpType == "Shape" || (IsPart(reader) && TryFollow(reader.Output[0]));
        }

        private bool IsLayer(NodeProto node) => links.Floats(node.Input.ElementAtOrDefault(1) ?? "") is not null
            && (node.OpType == "Gemm" ? node.Attribute.Count == 0 : node.OpType == "Conv" && links.Shape(node.Input[1]) is [_, _, 1, 1]
                && NodeAttributes.Integer(node, "group", 1) == 1);

        private bool IsKey(NodeProto layer) => links.Readers(layer.Output[0]).All(reader =>
            reader.OpType == "Reshape" && links.Readers(reader.Output[0]).All(attention =>
                attention.OpType == "MultiHeadAttention" && attention.Input.IndexOf(reader.Output[0]) == 1
                && attention.Input.Count(input => input == reader.Output[0]) == 1));

        private static bool IsPart(NodeProto node) => node.OpType == "Add" || LayoutOperators.Contains(node.OpType);

        /// <summary>The inputs that are of the stream: both parts of a sum, and of a change of layout what is changed.</summary>
        private static IEnumerable<string> Streamed(NodeProto node) => node.OpType == "Add" ? node.Input : node.Input.Take(1);
    }
}
