namespace MlNetMobileViT.Conversion;

/// <content>3×3 convolutions with half the products.</content>
/// <remarks>
/// <para>
/// Winograd's minimal filtering F(4, 3) along the height, as in Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks" (arXiv 1509.09308): four rows of outputs are Aᵀ[(Gg) ⊙ (Bᵀd)], where d are the six rows of inputs that they see and
/// g the three rows of the kernel. That takes six products of rows instead of twelve. Bᵀd is six depthwise convolutions, Gg is
/// computed here, the products are convolutions with 1×3 kernels, and Aᵀ takes sums and factors. Bᵀd comes with the padding
/// of the width, because ONNX Runtime computes outputs that reach into padding one by one.
/// </para>
/// <para>
/// It is used where it was measured to pay: on one thread S became 1.06 times as fast, XS and XXS 1.03, and the logits
/// moved by 5e-6 of their size at most. Small convolutions lost to the additional nodes what they gained.
/// </para>
/// </remarks>
internal sealed partial class NetworkGraph
{
    private const int WinogradOutputs = 4;
    private const int WinogradRows = 6;
    private const int WinogradKernel = 3;
    private const int MinWinogradHeight = 8;
    private const long MinWinogradMacs = 10_000_000;

    // ONNX Runtime keeps channels in blocks of 16 where a processor has AVX-512, and runs depthwise convolutions slowly where
    // they do not fill the blocks.
    private const int ChannelBlock = 16;

    // Bᵀ and G of the paper's section 4.2 for the points 0, ±1, ±2 and ∞.
    private static readonly float[][] WinogradInput =
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ];

    private static readonly double[][] WinogradWeight =
    [
        [1 / 4.0, 0, 0],
        [-1 / 6.0, -1 / 6.0, -1 / 6.0],
        [-1 / 6.0, 1 / 6.0, -1 / 6.0],
        [1 / 24.0, 1 / 12.0, 1 / 6.0],
        [1 / 24.0, -1 / 12.0, 1 / 6.0],
        [0, 0, 1],
    ];

    // The local representation and the fusion of a block look at the same map.
    private readonly Dictionary<string, string[]> _winogradInputs = [];

    /// <summary>Whether a 3×3 convolution of stride 1 over feature maps is written this way.</summary>
    /// <remarks>
    /// Only where sizes are known, for ONNX Runtime's own kernels, and with weights in float32: the sums of Aᵀ magnify what
    /// float16 rounds away.
    /// </remarks>
    private bool TakesWinograd(IReadOnlyList<GraphTensor> inputs, int outChannels)
    {
        if (_style.DynamicSize || _style.Portable || _style.Precision != WeightPrecision.Float32)
        {
            return false;
        }

        int height = inputs[0].Shape[1];
        long macs = inputs.Sum(static input => input.ElementCount) * outChannels * WinogradKernel * WinogradKernel;
        return macs >= MinWinogradMacs
            && height >= MinWinogradHeight
            && height % WinogradOutputs == 0
            && outChannels % ChannelBlock == 0
            && inputs.All(static input => input.Shape[0] % ChannelBlock == 0);
    }

    private string WinogradConv(
        string name, IReadOnlyList<GraphTensor> inputs, float[] weight, float[] bias, int outChannels)
    {
        string biasName = _graph.Weights($"{name}.bias", bias, outChannels);
        string[] products = [.. Enumerable.Range(0, WinogradRows).Select(row => WinogradProduct(
            name, row, inputs, weight, outChannels, row is 0 or WinogradRows - 1 ? biasName : null))];

        // Aᵀ is [1 1 1 1 1 0], [0 1 −1 2 −2 0], [0 1 1 4 4 0], [0 1 −1 8 −8 1]. The bias joins each row once: the first product
        // goes into the first row alone, the last one into the last.
        string sum12 = Sum("sum_1_2", products[1], products[2]);
        string sum34 = Sum("sum_3_4", products[3], products[4]);
        string difference12 = Sum("difference_1_2", sum12, Times("twice_2", products[2], -2));
        string difference34 = Sum("difference_3_4", sum34, Times("twice_4", products[4], -2));
        string[] rows =
        [
            Sum("row_0", Sum("row_0.first", products[0], sum12), sum34),
            Sum("row_1", difference12, Times("row_1.second", difference34, 2, biasName)),
            Sum("row_2", sum12, Times("row_2.second", sum34, 4, biasName)),
            Sum("row_3", Sum("row_3.first", products[5], difference12), Times("row_3.second", difference34, 8)),
        ];

        string joined = _graph.Node("Concat", $"{name}.rows", rows, [new("axis", 1L)]);
        int height = inputs[0].Shape[1], width = inputs[0].Shape[2];
        string split = _graph.Node(
            "Reshape",
            $"{name}.rows.split",
            [joined, _graph.Integers(-1, WinogradOutputs, outChannels, height / WinogradOutputs, width)]);
        string turned = _graph.Node(
            "Transpose", $"{name}.rows.turned", [split], [new("perm", new long[] { 0, 2, 3, 1, 4 })]);
        return _graph.Node("Reshape", $"{name}.conv", [turned, _graph.Integers(-1, outChannels, height, width)]);

        string Sum(string part, string left, string right) => _graph.Node("Add", $"{name}.{part}", [left, right]);

        // A depthwise 1×1 convolution, because it leaves ONNX Runtime's layout alone, which a product with a scalar does not.
        string Times(string part, string input, float factor, string? addend = null)
        {
            float[] factors = new float[outChannels];
            Array.Fill(factors, factor);
            string weights = _graph.Weights($"{name}.{part}.weight", factors, outChannels, 1, 1, 1);
            string[] operands = addend is null ? [input, weights] : [input, weights, addend];
            return ConvNode($"{name}.{part}", operands, kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], outChannels);
        }
    }

    /// <summary>One row of (Gg) ⊙ (Bᵀd), summed over the channels of all inputs: <c>[N, C, H / 4, W]</c>.</summary>
    private string WinogradProduct(
        string name, int row, IReadOnlyList<GraphTensor> inputs, float[] weight, int outChannels, string? bias)
    {
        int inChannels = inputs.Sum(static input => input.Shape[0]);
        int first = 0;
        string? product = null;
        for (int i = 0; i < inputs.Count; i++)
        {
            int channels = inputs[i].Shape[0];
            float[] transformed = TransformedWeight(weight, row, outChannels, inChannels, first, channels);
            string part = $"{name}.product_{row}.{i}";
            string weights = _graph.Weights($"{part}.weight", transformed, outChannels, channels, 1, WinogradKernel);
            List<string> operands = [WinogradInputs(inputs[i])[row], weights];
            if (i == 0 && bias is not null)
            {
                operands.Add(bias);
            }

            string addend = ConvNode(part, operands, kernel: [1, WinogradKernel], strides: [1, 1], pads: [0, 0, 0, 0], groups: 1);
            product = product is null ? addend : _graph.Node("Add", $"{part}.sum", [product, addend]);
            first += channels;
        }

        return product!;
    }

    /// <summary>The six rows of Bᵀd with the padding of the width, each <c>[N, C, H / 4, W + 2]</c>.</summary>
    private string[] WinogradInputs(GraphTensor input)
    {
        if (!_winogradInputs.TryGetValue(input.Name, out string[]? rows))
        {
            int channels = input.Shape[0];
            rows = [.. WinogradInput.Select((coefficients, row) =>
            {
                string name = $"{input.Name}.winograd_{row}";
                float[] repeated = [.. Enumerable.Repeat(coefficients, channels).SelectMany(static values => values)];
                string weights = _graph.Weights($"{name}.weight", repeated, channels, 1, WinogradRows, 1);
                return ConvNode(
                    name, [input.Name, weights], kernel: [WinogradRows, 1], strides: [WinogradOutputs, 1], pads: [1, 1, 1, 1], channels);
            })];
            _winogradInputs.Add(input.Name, rows);
        }

        return rows;
    }

    /// <summary>A row of Gg for some of the input channels: <c>[out, channels, 1, 3]</c>.</summary>
    private static float[] TransformedWeight(
        float[] weight, int row, int outChannels, int inChannels, int first, int channels)
    {
        float[] transformed = new float[outChannels * channels * WinogradKernel];
        int target = 0;
        for (int output = 0; output < outChannels; output++)
        {
            for (int channel = first; channel < first + channels; channel++)
            {
                int kernel = ((output * inChannels) + channel) * WinogradKernel * WinogradKernel;
                for (int column = 0; column < WinogradKernel; column++)
                {
                    double sum = 0;
                    for (int y = 0; y < WinogradKernel; y++)
                    {
                        sum += WinogradWeight[row][y] * weight[kernel + (y * WinogradKernel) + column];
                    }

                    transformed[target++] = (float)sum;
                }
            }
        }

        return transformed;
    }
}
