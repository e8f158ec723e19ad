namespace MlNetMobileViT.Conversion;

/// <summary>A linear layer with bias: x·Wᵀ + b, the weight stored <c>[out, in]</c> as in PyTorch.</summary>
internal sealed class Linear(LayoutName names, int inFeatures, int outFeatures) : NetworkModule(names)
{
    public override IEnumerable<TensorSpec> Tensors =>
        [Parameter("weight", outFeatures, inFeatures), Parameter("bias", outFeatures)];

    public override GraphTensor Forward(NetworkGraph graph, GraphTensor input) =>
        graph.Linear(Name, input, graph.Weight($"{Name}.weight"), graph.Weight($"{Name}.bias"));

    /// <summary>b + W·v, in double: the bias of a layer whose input had the vector v added.</summary>
    public static float[] Joined(float[] bias, float[] weight, ReadOnlySpan<float> values)
    {
        float[] joined = new float[bias.Length];
        for (int row = 0; row < joined.Length; row++)
        {
            double sum = bias[row];
            for (int column = 0; column < values.Length; column++)
            {
                sum += (double)weight[(row * values.Length) + column] * values[column];
            }

            joined[row] = (float)sum;
        }

        return joined;
    }
}
