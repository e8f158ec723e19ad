namespace MlNetMobileViT.Conversion;

/// <summary>
/// Two 1×1 convolutions with nothing between become one: W₂·(W₁·x + b₁) + b₂ is (W₂·W₁)·x + (W₂·b₁ + b₂). Only where that is fewer
/// multiplications, so never through a bottleneck, and not where the map between is an output. Exact but for rounding, of which there
/// is less: the product of the weights is computed in float64.
/// </summary>
/// <remarks>
/// MobileViTv2 has three such pairs, as neither its blocks nor inverted residuals end in an activation: the last convolution of the
/// first stage, and the projections of the blocks of stages 3 and 4, each with the expansion behind it. MobileViT's are bottlenecks.
/// </remarks>
internal sealed class JoinedConvolutions : IGraphPass
{
    public void Apply(OnnxGraph graph)
    {
        foreach (NodeProto second in graph.Proto.Node.Where(static node => node.OpType == "Conv").ToList())
        {
            // Anew for each, as the first of a pair may be what another pair became.
            var links = new GraphLinks(graph.Proto);
            if (Kernel.Of(links, second) is { } outer
                && links.Producer(second.Input[0]) is { } first
                && links.OnlyConsumer(first) == second
                && Kernel.Of(links, first) is { } inner
                && outer.After(inner) is { } joined)
            {
                second.Input[0] = first.Input[0];
                second.Input[1] = graph.Weights($"{second.Name}.joined.weight", joined.Weight, joined.Outputs, joined.Inputs, 1, 1);
                SetBias(second, graph.Weights($"{second.Name}.joined.bias", joined.Bias, joined.Outputs));
                graph.Proto.Node.Remove(first);
            }
        }
    }

    private static void SetBias(NodeProto node, string bias)
    {
        if (node.Input.Count > 2)
        {
            node.Input[2] = bias;
        }
        else
        {
            node.Input.Add(bias);
        }
    }

    /// <summary>The weights <c>[out, in]</c> and the bias <c>[out]</c> of a 1×1 convolution.</summary>
    private sealed record Kernel(int Outputs, int Inputs, float[] Weight, float[] Bias)
    {
        /// <summary>Those of a node; null where it is not such a convolution.</summary>
        public static Kernel? Of(GraphLinks links, NodeProto node)
        {
            if (node.OpType != "Conv"
                || links.Shape(node.Input[1]) is not [var outputs, var inputs, 1, 1]
                || NodeAttributes.Integer(node, "group", 1) != 1
                || NodeAttributes.Integers(node, "strides").Any(static stride => stride != 1)
                || NodeAttributes.Integers(node, "pads").Any(static pad => pad != 0)
                || links.Floats(node.Input[1]) is not { } weight)
            {
                return null;
            }

            float[]? bias = node.Input.Count > 2 ? links.Floats(node.Input[2]) : new float[outputs];
            return bias is null ? null : new Kernel((int)outputs, (int)inputs, weight, bias);
        }

        /// <summary>This one behind another; null where the two by themselves are fewer multiplications, or their product overflows.</summary>
        public Kernel? After(Kernel first)
        {
            if ((long)Outputs * first.Inputs >= (long)Inputs * (Outputs + first.Inputs))
            {
                return null;
            }

            float[] weight = new float[Outputs * first.Inputs];
            double[] row = new double[first.Inputs];
            for (int output = 0; output < Outputs; output++)
            {
                Array.Clear(row);
                for (int middle = 0; middle < Inputs; middle++)
                {
                    double factor = Weight[(output * Inputs) + middle];
                    ReadOnlySpan<float> inner = first.Weight.AsSpan(middle * first.Inputs, first.Inputs);
                    for (int input = 0; input < inner.Length; input++)
                    {
                        row[input] += factor * inner[input];
                    }
                }

                for (int input = 0; input < row.Length; input++)
                {
                    weight[(output * first.Inputs) + input] = (float)row[input];
                }
            }

            float[] bias = Linear.Joined(Bias, Weight, first.Bias);
            return weight.All(float.IsFinite) && bias.All(float.IsFinite) ? new Kernel(Outputs, first.Inputs, weight, bias) : null;
        }
    }
}
